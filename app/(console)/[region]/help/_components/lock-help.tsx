export function LockHelp(_: { region: string }) {
  return (
    <>
      <p>
        A lock keeps every backup point of a vault, those it has and those it will get, until each expires.
        Until then nobody deletes one: not an administrator, not a program with an access key, not a policy.
        There is no way to undo a lock or to shorten what it keeps.
      </p>
      <ul className="flex list-disc flex-col gap-1 pl-5">
        <li>Points go by themselves when their retention ends. A lock does not lengthen it.</li>
        <li>
          A locked vault cannot be deleted while it holds a point, so its storage is charged until then.
        </li>
        <li>
          A replication target can be locked once its replication has stopped. Trial vaults cannot be locked.
        </li>
      </ul>
    </>
  );
}
