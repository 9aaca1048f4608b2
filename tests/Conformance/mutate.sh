#!/usr/bin/env bash
# Breaks each suite's subject on purpose, in a copy of the last commit, and says whether the suite notices. Takes minutes, so it
# is not part of CI: run it after changing a suite.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Suite | file | sed expression
mutations=(
  'Signatures|Aws/Signing/SigningKey.cs|s/ && _secret == secret;/;/'
  'Cbor|Aws/Cbor/CborWriter.cs|s/case < 24:/case <= 24:/'
  'Cbor|Aws/Kinesis/RecordPageCbor.cs|s/"PartitionKey"u8/"Partitionkey"u8/'
  'Client|Aws/Kinesis/ShardIteratorStart.cs|s/new("AFTER_SEQUENCE_NUMBER"/new("AT_SEQUENCE_NUMBER"/'
  'Scenarios|Aws.Local/Wire/Operations/PutRecordsOperation.cs|s/MaxRecords = 500/MaxRecords = 501/'
  'KinesisApi|Gateway/KinesisApi/KinesisError.cs|s/"ProvisionedThroughputExceededException"/"ThroughputExceeded"/'
  'KinesisApi|Gateway/KinesisApi/JsonBodyReader.cs|s/text.Start.Value + length)/text.End.Value)/'
  'KinesisApi|Gateway/Authentication/SignatureCheck.cs|s/string Authority = ":authority"/string Authority = "authority"/'
  'KinesisApi|Gateway/Reading/UnreadBody.cs|s/if (!HttpProtocol/if (HttpProtocol/'
  'Aggregation|Grains/Aggregation/AggregateWriter.cs|s/MD5.HashData(message,/MD5.HashData(message[1..],/'
  'Aggregation|Grains/Aggregation/AggregateReader.Parse.cs|s/entry.PartitionKey < _partitionKeys.Count/entry.PartitionKey <= _partitionKeys.Count/'
  'Storage|Grains/Storage/DynamoDbStoreExpression.cs|s/OR {name} > /OR {name} >= /'
  'Storage|Grains/Leases/LeaseTable.cs|s/.Remove(LeaseAttributes.CheckpointOwner);/;/'
)

copy=$(mktemp -d)
trap 'git worktree remove --force "$copy"' EXIT
git worktree add --quiet --detach "$copy" HEAD
ln -s "$PWD/tests/Conformance/node/node_modules" "$copy/tests/Conformance/node/node_modules"
cd "$copy"
export CONFORMANCE_REQUIRED=1

survivors=0
for mutation in "${mutations[@]}"; do
  IFS='|' read -r suite file expression <<<"$mutation"
  sed -i "$expression" "$file"
  if git diff --quiet -- "$file"; then
    echo "NOT APPLIED  $suite: $file: $expression" && survivors=$((survivors + 1))
  elif ! dotnet build tests/Conformance -v quiet >build.log 2>&1; then
    echo "DOES NOT BUILD  $suite: $file: $expression" && tail -3 build.log && survivors=$((survivors + 1))
  elif dotnet run --no-build --project tests/Conformance -- -namespace "DataProcessor.Conformance.$suite" >run.log 2>&1; then
    echo "SURVIVED  $suite: $file: $expression" && survivors=$((survivors + 1))
  else
    echo "noticed  $suite: $file: $expression ($(grep -c '\[FAIL\]' run.log) tests fail)"
  fi
  git checkout --quiet -- "$file"
done
exit $((survivors > 0))
