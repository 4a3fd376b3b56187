import { CfnOutput } from 'aws-cdk-lib';
import { ApiMapping, DomainName, EndpointType, type HttpStage, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import type { ConsoleDomain } from './crm-triggers-console-props.ts';

/** The custom domain of the console. The DNS record is made by its owner: an alias or a CNAME to the output `ConsoleDomainTarget`. */
export class CustomDomain extends Construct {
  constructor(scope: Construct, { name, certificateArn }: ConsoleDomain, stage: HttpStage) {
    super(scope, 'Domain');
    const domainName = new DomainName(this, 'Name', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'Mapping', { api: stage.api, domainName, stage });
    new CfnOutput(this, 'Target', { value: domainName.regionalDomainName }).overrideLogicalId('ConsoleDomainTarget');
  }
}
