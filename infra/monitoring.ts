import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  type IAlarmAction,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { capital } from '../functions/core/capital.ts';
import type { AlarmRow, Watched } from './alarm-row.ts';
import { alarmTopic } from './alarm-topic.ts';
import { alarms, runbookLink } from './alarms.ts';
import { graphs } from './graphs.ts';

/** The alarms and the dashboard. */
export class Monitoring extends Construct {
  readonly alarms: readonly Alarm[];
  /** The topic of the setting `alarmEmail`. */
  readonly topic: ITopic | undefined;

  /** @param actions The actions of all alarms, in addition to the topic of the setting `alarmEmail`. */
  constructor(scope: Construct, id: string, watched: Watched, actions: readonly IAlarmAction[]) {
    super(scope, id);
    this.topic = alarmTopic(this, watched.settings);
    const all = this.topic ? [...actions, new SnsAction(this.topic)] : actions;
    this.alarms = Object.entries<AlarmRow>(alarms).flatMap(([heading, row]) =>
      this.#alarms(heading, row, watched, all),
    );
    const status = new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 3, alarms: [...this.alarms] });
    new Dashboard(this, 'Dashboard', { widgets: [[status], ...graphs(watched)] });
  }

  #alarms(heading: string, row: AlarmRow, watched: Watched, actions: readonly IAlarmAction[]): Alarm[] {
    const { statistic, period, bad: [datapointsToAlarm, evaluationPeriods] = [1, 1], above = 0, below } = row;
    const name = heading.split(' ').map(capital).join('');
    const metrics = row.watch(watched, { statistic, period });
    // MiniStack rejects a stack that has an alarm on a query.
    const supported = metrics.filter(([, metric]) => !(watched.settings.emulated && metric instanceof MathExpression));
    return supported.map(([suffix, metric]) => {
      const alarm = new Alarm(this, name + suffix, {
        metric,
        datapointsToAlarm,
        evaluationPeriods,
        threshold: below ?? (typeof above === 'number' ? above : above(watched.settings)),
        comparisonOperator:
          below === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: row.missing === 'bad' ? TreatMissingData.MISSING : TreatMissingData.NOT_BREACHING,
        alarmDescription: `${row.sentence} What to do: ${runbookLink(heading)}`,
      });
      alarm.addAlarmAction(...actions);
      // A new alarm starts in INSUFFICIENT_DATA, and only a change of state notifies. So missing values notify after the first value,
      // but not before it. With BREACHING, a new alarm would go to ALARM at once.
      if (row.missing === 'bad') alarm.addInsufficientDataAction(...actions);
      return alarm;
    });
  }
}
