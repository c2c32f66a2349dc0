import { useQuestion } from '@/app/(console)/_components/sources/use-question';
import { Button } from '@/components/ui/button';
import { FieldGroup } from '@/components/ui/field';
import { browseSourceAction } from '../../actions';
import { type KindFieldsProps, textOf } from './kind-fields';

/** In place of a path: the buckets that the access key sees. */
const bucketsPath = 'buckets';
/** A source that is asked has to name a bucket; the list does not look at it. */
const anyBucket = 'any-bucket';
const maxShown = 50;

/** The buckets that the access key sees, to choose from; their names can be typed as well. */
export function BucketChoice({ config, secret, region, onConfigChange }: KindFieldsProps) {
  const asking = useQuestion(browseSourceAction);
  const isReady = [config.endpoint, secret.accessKeyId, secret.accessKeySecret].every(
    (value) => textOf(value) !== '',
  );
  const ask = () => {
    const filled = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ''));
    const whole = { ...filled, kind: 'oss', bucket: anyBucket };
    asking.ask({
      source: { region, config: whole as never, secret },
      path: bucketsPath,
    });
  };
  const names = asking.question?.listing?.entries.map(({ name }) => name) ?? null;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          isLoading={asking.isAsking}
          disabledReason={isReady ? undefined : 'Enter the endpoint and the access key first.'}
          onClick={ask}
        >
          List buckets
        </Button>
        <span role="status" className="text-muted text-sm">
          {asking.problem ?? (names?.length === 0 ? 'The access key sees no bucket.' : '')}
        </span>
      </div>
      {names && names.length > 0 && (
        <FieldGroup legend="Buckets of the access key">
          <div className="flex flex-wrap gap-1.5">
            {names.slice(0, maxShown).map((name) => (
              <Button key={name} size="sm" onClick={() => onConfigChange({ bucket: name })}>
                <span className="font-mono">{name}</span>
              </Button>
            ))}
          </div>
          {names.length > maxShown && (
            <p className="text-muted text-sm">{`And ${names.length - maxShown} more: type the name.`}</p>
          )}
        </FieldGroup>
      )}
    </div>
  );
}
