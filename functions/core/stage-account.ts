/** A stage's account and region, from cdk.json. */
export interface Home {
  readonly account?: string;
  readonly region?: string;
}

/** The account and region of the current credentials. */
export interface Here {
  readonly account: string;
  /** Absent if it does not matter. */
  readonly region?: string;
  /** The ARN of the credentials, if it is known. */
  readonly who?: string;
}

/** Returns an error in one line if the credentials or the region do not belong to the stage. */
export function mismatch(stage: string, home: Home, here: Here): string | undefined {
  const who = here.who ? ` (${here.who})` : '';
  const change = (setting: keyof Home) => `or change stages.${stage}.${setting} in cdk.json.`;
  if (home.account !== undefined && home.account !== here.account)
    return (
      `The stage ${stage} belongs to account ${home.account}, but the credentials are of account ${here.account}${who}. ` +
      `To fix this, set AWS_PROFILE to a profile of account ${home.account}, ${change('account')}`
    );
  if (home.region !== undefined && here.region !== undefined && home.region !== here.region)
    return (
      `The stage ${stage} belongs to region ${home.region}, but the AWS region is ${here.region}. ` +
      `To fix this, set AWS_REGION=${home.region}, ${change('region')}`
    );
  return undefined;
}
