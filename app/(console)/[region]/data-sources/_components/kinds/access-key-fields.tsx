import type { KindFieldsProps } from './kind-fields';
import { TextField } from './text-field';

type AccessKeyProps = Pick<KindFieldsProps, 'secret' | 'onSecretChange' | 'errors' | 'isEditing'>;

/** A key pair. It is sealed for the engine and never shown again. */
export function AccessKeyFields({ secret, onSecretChange, errors, isEditing }: AccessKeyProps) {
  return (
    <>
      <TextField
        name="accessKeyId"
        label="Access key ID"
        values={secret}
        onChange={onSecretChange}
        error={errors['secret.accessKeyId']}
        isOptional={isEditing}
        hint={isEditing ? 'Leave both empty to keep the pair that is in use.' : undefined}
      />
      <TextField
        name="accessKeySecret"
        label="Access key secret"
        values={secret}
        onChange={onSecretChange}
        error={errors['secret.accessKeySecret']}
        hint="Sealed for the engine and never shown again."
        isOptional={isEditing}
        isSecret
      />
    </>
  );
}
