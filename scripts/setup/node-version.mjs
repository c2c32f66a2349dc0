const least = [20, 19];

/** A sentence that says what to do when this version of Node is too old, else null. */
export function unsupportedNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const isEnough = major > least[0] || (major === least[0] && minor >= least[1]);
  return isEnough ? null : `Crossvault needs Node ${least.join('.')} or newer; this is Node ${version}.`;
}
