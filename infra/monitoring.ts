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
import { Construct } from 'constructs';
import { capital } from '../functions/core/capital.ts';
import { alarmTopic } from './alarm-topic.ts';
import { type AlarmRow, alarms, runbookLink, type Watched } from './alarms.ts';
import { graphs } from './graphs.ts';

/** What wakes people, and what they look at then. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const topic = alarmTopic(this, watched.settings);
    const action = topic && new SnsAction(topic);
    const made = Object.entries<AlarmRow>(alarms).flatMap(([heading, row]) =>
      this.#alarms(heading, row, watched, action),
    );
    new Dashboard(this, 'Dashboard', {
      widgets: [[new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 3, alarms: made })], ...graphs(watched)],
    });
  }

  #alarms(heading: string, row: AlarmRow, watched: Watched, action: IAlarmAction | undefined): Alarm[] {
    const { statistic, period, bad: [datapointsToAlarm, evaluationPeriods] = [1, 1], above = 0, below } = row;
    const name = heading.split(' ').map(capital).join('');
    const metrics = row.watch(watched, { statistic, period });
    // MiniStack rejects a whole stack for one alarm on a query.
    const known = metrics.filter(([, metric]) => !(watched.settings.emulated && metric instanceof MathExpression));
    return known.map(([word, metric]) => {
      const alarm = new Alarm(this, name + word, {
        metric,
        datapointsToAlarm,
        evaluationPeriods,
        threshold: below ?? (typeof above === 'number' ? above : above(watched.settings)),
        comparisonOperator:
          below === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: row.silence === 'bad' ? TreatMissingData.MISSING : TreatMissingData.NOT_BREACHING,
        alarmDescription: `${row.sentence} What to do: ${runbookLink(heading)}`,
      });
      if (action) alarm.addAlarmAction(action);
      // A new alarm begins with INSUFFICIENT_DATA, and only a change of state notifies: so the silence before the first
      // value raises no alarm, and the silence after the last one does. As breaching, no value at all would be ALARM at once.
      if (action && row.silence === 'bad') alarm.addInsufficientDataAction(action);
      return alarm;
    });
  }
}
