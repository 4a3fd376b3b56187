import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployCommand, stackName, stagePattern } from '../../functions/core/stack-name.ts';

test('stacks of the stages main and local have no suffix; those of other stages do', () => {
  for (const stage of [undefined, 'main', 'local']) assert.equal(stackName('CrmTriggers', stage), 'CrmTriggers');
  assert.equal(stackName('CrmTriggers', 'prod'), 'CrmTriggers-prod');
  assert.equal(stackName('CrmTriggersConsole', 'prod'), 'CrmTriggersConsole-prod');
  assert.equal(deployCommand('CrmTriggers', 'prod'), 'npx cdk deploy CrmTriggers -c stage=prod');
});

test('accepts stage names that CloudFormation accepts in a stack name', () => {
  for (const stage of ['prod', 'EU-2', 'a'.repeat(32)]) assert.match(stage, stagePattern);
  for (const stage of ['', '1st', '-x', 'a b', 'a_b', 'é', 'a'.repeat(33), 'a\n'])
    assert.doesNotMatch(stage, stagePattern);
});

test('the deploy command contains the stage, except main', () => {
  assert.equal(deployCommand('CrmTriggers'), 'npx cdk deploy CrmTriggers');
  assert.equal(deployCommand('CrmTriggersConsole', 'main'), 'npx cdk deploy CrmTriggersConsole');
  assert.equal(deployCommand('CrmTriggers', 'local'), 'npx cdk deploy CrmTriggers -c stage=local');
});
