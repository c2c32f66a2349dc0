export { guardedLookup, isPrivateAddress, PrivateAddress, requirePublicHost } from './private-addresses';
