import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { runbookLink } from './alarms.ts';

/** A page whose session has ended gets a few of these, someone who tries tokens gets many. */
const REJECTIONS = 100;

/** The alarm *Sign-ins rejected*: many requests of the console without a valid token, or of users in no group. */
export class ConsoleAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, accessLog: LogGroup, actions: readonly IAlarmAction[]) {
    super(scope, 'SignInsRejected');
    const rejected = new MetricFilter(this, 'Filter', {
      logGroup: accessLog,
      // The gateway writes all values as text.
      filterPattern: FilterPattern.any(
        FilterPattern.stringValue('$.status', '=', '401'),
        FilterPattern.stringValue('$.status', '=', '403'),
      ),
      metricNamespace: Stack.of(this).stackName,
      metricName: 'signInsRejected',
    });
    this.alarm = new Alarm(this, 'Alarm', {
      metric: rejected.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: REJECTIONS,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `The console has rejected more than ${REJECTIONS} requests in 5 minutes with 401 or 403. What to do: ${runbookLink('Sign-ins rejected')}`,
    });
    this.alarm.addAlarmAction(...actions);
  }
}
