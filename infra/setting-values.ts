import { BlockList, isIP } from 'node:net';
import * as z from 'zod';
import { stagePattern } from '../functions/core/stack-name.ts';

export const seconds = z.number().positive();

/** A network in CIDR notation, such as `10.0.0.0/8` or `fd00::/8`. */
export const network = z.string().refine((cidr) => {
  const [address = '', prefix = '', ...rest] = cidr.split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d{1,3}$/.test(prefix) || rest.length > 0) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}, 'expected a network such as 10.0.0.0/8 or fd00::/8');

export const lowPort = z
  .number()
  .refine(
    (port) => Number.isInteger(port) && port >= 1 && port < 1024,
    'expected a port from 1 to 1023; all other ports are allowed already',
  );

const httpsUrl = z
  .string()
  .refine((text) => URL.canParse(text) && text.startsWith('https://'), 'expected an https:// URL');

export const emailAddress = z.email('expected an email address');

export const stageName = z
  .string()
  .regex(stagePattern, 'expected a letter, followed by up to 31 letters, digits or hyphens');

/** An OpenID Connect issuer. */
export const signInSettings = z.strictObject({
  issuer: httpsUrl,
  clientId: z.string().min(1),
  authorizationEndpoint: httpsUrl,
  tokenEndpoint: httpsUrl,
  endSessionEndpoint: httpsUrl.optional(),
  revocationEndpoint: httpsUrl.optional(),
  /** The claim of the ID token that contains the groups of the user. */
  groupsClaim: z.string().min(1).default('groups'),
});

/** A custom domain of the console. */
export const consoleDomain = z.strictObject({
  name: z
    .string()
    .regex(
      /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'expected a domain such as crm-triggers.example.com',
    ),
  certificateArn: z
    .string()
    .regex(
      /^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/,
      'expected the ARN of a certificate such as arn:aws:acm:eu-west-1:111122223333:certificate/1a2b',
    ),
});

export const topicArn = z
  .string()
  .regex(
    /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/,
    'expected the ARN of an SNS topic such as arn:aws:sns:eu-west-1:111122223333:alarms',
  );

/** The ID of an EC2 resource, such as `vpc-0a1b2c3d`. */
function ec2Id(prefix: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}-[\\da-f]{8}([\\da-f]{9})?$`), `expected an ID such as ${prefix}-0a1b2c3d`);
}

/** An existing VPC for deliver and drain. */
export const vpcSettings = z.strictObject({
  id: ec2Id('vpc'),
  subnets: z.array(ec2Id('subnet')).min(1, 'expected at least 1 subnet').max(16, 'expected at most 16 subnets'),
  securityGroups: z
    .array(ec2Id('sg'))
    .min(1, 'expected at least 1 security group')
    .max(5, 'expected at most 5 security groups')
    .optional(),
});
