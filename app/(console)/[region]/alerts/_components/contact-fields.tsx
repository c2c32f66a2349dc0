import { Checkbox } from '@/components/ui/checkbox';
import { Field, FieldGroup } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { type AlertContact, AlertTopic, alertTopics, LeastSeverity } from '@/lib/alerts/schemas';
import { severityWords } from './contact-columns';

interface ContactFieldsProps {
  value: Pick<AlertContact, 'topics' | 'leastSeverity'>;
  onChange: (value: Pick<AlertContact, 'topics' | 'leastSeverity'>) => void;
  fields: Record<string, string>;
}

/** What a contact hears of. */
export function ContactFields({ value, onChange, fields }: ContactFieldsProps) {
  const toggle = (topic: AlertTopic, isOn: boolean) => {
    const topics = AlertTopic.options.filter((one) => (one === topic ? isOn : value.topics.includes(one)));
    onChange({ ...value, topics });
  };
  return (
    <>
      <FieldGroup legend="Topics" error={fields.topics}>
        <div className="flex flex-col gap-2.5">
          {AlertTopic.options.map((topic) => (
            <Checkbox
              key={topic}
              label={alertTopics[topic].title}
              description={alertTopics[topic].says}
              checked={value.topics.includes(topic)}
              onCheckedChange={(checked) => toggle(topic, checked === true)}
            />
          ))}
        </div>
      </FieldGroup>
      <Field label="Send" error={fields.leastSeverity}>
        <Select
          value={value.leastSeverity}
          onValueChange={(severity) =>
            onChange({ ...value, leastSeverity: severity as AlertContact['leastSeverity'] })
          }
          options={LeastSeverity.options.map((severity) => ({
            value: severity,
            label: severityWords[severity],
          }))}
        />
      </Field>
    </>
  );
}
