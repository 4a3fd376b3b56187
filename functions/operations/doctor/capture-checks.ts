import { entities } from '../../core/entity.ts';
import { attributeOf } from '../../core/row-rules.ts';
import { deployCommand } from '../../core/stack-name.ts';
import { type CapturePath, keysOf } from './capture-path.ts';
import { type Check, revert } from './check.ts';

/** DynamoDB serves this number of readers of each shard of a stream. */
const READERS = 2;

const TURN_ON = 'StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES';

const update = ({ name }: CapturePath, stream: string): string =>
  `aws dynamodb update-table --table-name ${name} --stream-specification ${stream}`;

const attachTo = ({ entity, stage }: CapturePath, stream: string): string =>
  `set tables.${entity}.stream in cdk.json to ${stream}, and ${deployCommand('CrmTriggers', stage)}`;

/** A deployment fixes a table that the stack created. */
const forAttached = (fix: (way: CapturePath) => string) => (way: CapturePath) => {
  if (way.made === undefined) return `if the stack created the table, ${revert(way)}; otherwise ${fix(way)}`;
  return way.made ? revert(way) : fix(way);
};

const isOn = ({ table }: CapturePath): boolean => table?.StreamSpecification?.StreamEnabled === true;

const namesOf = ({ entity, rules }: CapturePath): string[] => entities[entity].ids.map((id) => attributeOf(id, rules));

/** The IDs that a stream record contains only if it contains the row. */
const outsideKey = (way: CapturePath): string[] => namesOf(way).filter((name) => !keysOf(way.table).includes(name));

/** Why the stream must contain the row before and after a change. Nothing if the keys are enough. */
function needsImages(way: CapturePath): string | undefined {
  if (way.rules.ignore) return 'ignored attributes are reported';
  if (way.rules.silencedBy) return "a receiver's own writes are reported";
  const [outside] = outsideKey(way);
  return outside && `${outside}, which is no key, is reported`;
}

/** The IDs that are neither in the key nor in a row that was read. An empty table has none. */
const lost = (way: CapturePath): string[] =>
  way.attributes.size === 0 ? [] : outsideKey(way).filter((name) => !way.attributes.has(name));

/** The IDs whose attribute has a type that a URL cannot contain. */
const binary = ({ table, ...way }: CapturePath): string[] =>
  (table?.AttributeDefinitions ?? [])
    .filter(({ AttributeType }) => AttributeType === 'B')
    .map(({ AttributeName = '' }) => AttributeName)
    .filter((name) => namesOf({ table, ...way }).includes(name));

export const captureChecks: readonly Check<CapturePath>[] = [
  {
    wrong: ({ table }) => table === null,
    what: () => 'the table is not there',
    fix: (way) =>
      way.made
        ? `restore it from its backup under this name, then ${revert(way)}`
        : `restore it from its backup, then ${forAttached((way) => attachTo(way, 'its LatestStreamArn'))(way)}`,
  },
  {
    wrong: ({ table }) => !!table && !['ACTIVE', 'UPDATING'].includes(table.TableStatus ?? ''),
    what: ({ table }) => `the table is ${table?.TableStatus}`,
    fix: () => 'wait until it is ACTIVE; if it stays so, see what DynamoDB says of it (and of its key)',
  },
  {
    wrong: (way) => !!way.table && !isOn(way),
    what: () => 'its stream is off: no calls are made',
    fix: forAttached((way) => `${update(way, TURN_ON)}; then ${attachTo(way, 'its LatestStreamArn')}`),
  },
  {
    wrong: (way) => isOn(way) && !!way.mapping && way.mapping.EventSourceArn !== way.table?.LatestStreamArn,
    what: () => 'its stream was turned off and on again, and the old one is read',
    fix: forAttached((way) => attachTo(way, way.table?.LatestStreamArn ?? '')),
  },
  {
    wrong: (way) =>
      isOn(way) &&
      way.table?.StreamSpecification?.StreamViewType !== 'NEW_AND_OLD_IMAGES' &&
      needsImages(way) !== undefined,
    what: (way) =>
      `its stream has ${way.table?.StreamSpecification?.StreamViewType}: only by NEW_AND_OLD_IMAGES ${needsImages(way)}`,
    fix: forAttached(
      (way) =>
        `${update(way, 'StreamEnabled=false')}; the same with ${TURN_ON}; then ${attachTo(way, 'its LatestStreamArn')}`,
    ),
  },
  {
    wrong: (way) => lost(way).length > 0,
    what: (way) => `no row has the attribute ${lost(way).join(', ')}, which holds an id`,
    fix: (way) =>
      `set tables.${way.entity}.names in cdk.json to what holds the ids (the keys are ${keysOf(way.table).join(', ')})`,
  },
  {
    wrong: (way) => binary(way).length > 0,
    what: (way) => `${binary(way).join(', ')} is binary, and an id is a string or a number`,
    fix: ({ entity }) => `set tables.${entity}.names in cdk.json to an attribute that holds the id as text`,
  },
  {
    wrong: ({ mapping }) => mapping === null,
    what: () => 'nothing reads its stream: the event source mapping was deleted',
    fix: revert,
  },
  {
    wrong: ({ mapping }) => /^Disabl/.test(mapping?.State ?? ''),
    what: ({ mapping }) => `its stream is not read: the event source mapping is ${mapping?.State}`,
    fix: ({ mapping }) => `aws lambda update-event-source-mapping --uuid ${mapping?.UUID} --enabled`,
  },
  {
    wrong: ({ mapping }) => !/^(OK|No records|$)/.test(mapping?.LastProcessingResult ?? ''),
    what: ({ mapping }) => `its last changes were not taken (${mapping?.LastProcessingResult}); they are tried again`,
    fix: ({ mapping }) => `see why in the log of ${mapping?.FunctionArn}`,
  },
  {
    wrong: ({ readers }) => readers > READERS,
    what: ({ readers }) =>
      `${readers} functions read its stream, and DynamoDB serves ${READERS}: they wait for each other`,
    fix: ({ table }) =>
      `take one away: aws lambda list-event-source-mappings --event-source-arn ${table?.LatestStreamArn}`,
  },
  {
    wrong: ({ denied }) => denied.length > 0,
    what: ({ denied }) => `its function may not ${denied.join('; ')}`,
    fix: ({ entity, denied, stage }) =>
      denied.some((actions) => actions.startsWith('kms:'))
        ? `set tables.${entity}.key in cdk.json to that key, and ${deployCommand('CrmTriggers', stage)}`
        : `${revert({ stage })}; if it stays so, a policy of the account forbids it`,
  },
];

/** Notes on a table that need no fix. */
export function captureNotes({ where, entity, table }: CapturePath): string[] {
  const regions = table?.Replicas?.map(({ RegionName }) => RegionName) ?? [];
  if (regions.length === 0) return [];
  return [
    `${where}: it is a global table (${regions.join(', ')}). A row that time to live removes in another region arrives without its mark and calls ${entity}.delete.`,
  ];
}
