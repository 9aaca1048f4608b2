using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html.</summary>
internal static class ListShardsOperation
{
    private const int DefaultPage = 1_000;
    private const int MaxPage = 10_000;

    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var now = catalog.NowMs;
        var parameters = Parameters.Read(request);
        var start = parameters.NextToken is { } token
            ? PageToken.Parse(token, now)
            : new PageToken(parameters.Stream.Resolve(catalog), 0, parameters.StartAfter(), parameters.Filter(), now);
        var stream = Find(catalog, start, parameters, now);

        var info = stream.Info;
        var horizon = info.HorizonMs(now);
        var page = info.Shards
            .Where(shard => shard.Index > start.AfterIndex && start.Filter.Matches(shard, horizon))
            .Take(parameters.MaxResults + 1)
            .ToList();
        answer.StartList("Shards");
        foreach (var shard in page.Take(parameters.MaxResults))
        {
            ShardShape.Write(answer, info, shard);
        }

        answer.EndList();
        if (page.Count > parameters.MaxResults)
        {
            var next = start with { CreationMs = info.CreationMs, AfterIndex = page[parameters.MaxResults - 1].Index, IssuedMs = now };
            answer.Text("NextToken", next.ToString());
        }

        return ValueTask.CompletedTask;
    }

    private static KinesisStream Find(StreamCatalog catalog, PageToken start, Parameters parameters, long now)
    {
        var stream = catalog.Get(start.Stream);
        if (now < stream.ActiveFromMs)
        {
            throw ServiceErrors.ResourceInUse($"Stream {start.Stream} under account {catalog.AccountId} not ACTIVE, instead in state CREATING");
        }

        var expected = parameters.NextToken is null ? parameters.CreationMs : start.CreationMs;
        return expected is null || expected == stream.Info.CreationMs
            ? stream
            : throw new ServiceException(
                "ResourceNotFoundException",
                $"Stream {start.Stream} under account {catalog.AccountId} created at {expected} ms not found.");
    }

    private sealed class Parameters
    {
        private string? _exclusiveStart;
        private string? _filterType;
        private string? _filterShard;
        private long? _filterTimestamp;

        public StreamReference Stream;

        public string? NextToken { get; private set; }

        public int MaxResults { get; private set; } = DefaultPage;

        public long? CreationMs { get; private set; }

        public static Parameters Read(WireValue request)
        {
            var parameters = new Parameters();
            foreach (var member in request.Members)
            {
                parameters.Take(member);
            }

            parameters.Check();
            return parameters;
        }

        public int StartAfter() => _exclusiveStart is null ? -1 : IndexOf("ExclusiveStartShardId", _exclusiveStart);

        public ShardFilter Filter() => new(
            _filterType,
            _filterShard is null ? -1 : IndexOf("ShardFilter.ShardId", _filterShard),
            _filterTimestamp ?? 0);

        private void Take(WireMember member)
        {
            if (member.Is("NextToken"u8))
            {
                NextToken = member.Value.Text;
            }
            else if (member.Is("MaxResults"u8))
            {
                MaxResults = member.Value.Int32;
            }
            else if (member.Is("ExclusiveStartShardId"u8))
            {
                _exclusiveStart = member.Value.Text;
            }
            else if (member.Is("StreamCreationTimestamp"u8))
            {
                CreationMs = member.Value.Timestamp;
            }
            else if (member.Is("ShardFilter"u8))
            {
                TakeFilter(member.Value);
            }
            else
            {
                Stream.TryTake(member);
            }
        }

        private void TakeFilter(WireValue filter)
        {
            foreach (var member in filter.Members)
            {
                if (member.Is("Type"u8))
                {
                    _filterType = member.Value.Text;
                }
                else if (member.Is("ShardId"u8))
                {
                    _filterShard = member.Value.Text;
                }
                else if (member.Is("Timestamp"u8))
                {
                    _filterTimestamp = member.Value.Timestamp;
                }
            }
        }

        private void Check()
        {
            var constraints = new Constraints();
            Stream.Check(constraints, isRequired: false);
            constraints.Length("nextToken", NextToken, 1, 1_048_576);
            constraints.Length("exclusiveStartShardId", _exclusiveStart, 1, 128);
            constraints.Range("maxResults", MaxResults, 1, MaxPage);
            constraints.OneOf("shardFilter.type", _filterType, ShardFilter.Types);
            constraints.ThrowIfAny();

            if (NextToken is not null && (Stream.IsGiven || _exclusiveStart is not null || _filterType is not null || CreationMs is not null))
            {
                throw ServiceErrors.InvalidArgument(
                    "NextToken cannot be provided together with StreamName, StreamARN, StreamCreationTimestamp, ExclusiveStartShardId or ShardFilter.");
            }

            if (NextToken is null && !Stream.IsGiven)
            {
                throw ServiceErrors.InvalidArgument("Either NextToken or StreamName should be provided.");
            }

            if (_filterType == "AFTER_SHARD_ID" && _filterShard is null)
            {
                throw ServiceErrors.InvalidArgument("ShardFilter of type AFTER_SHARD_ID needs a ShardId.");
            }

            if (_filterType is "AT_TIMESTAMP" or "FROM_TIMESTAMP" && _filterTimestamp is null)
            {
                throw ServiceErrors.InvalidArgument($"ShardFilter of type {_filterType} needs a Timestamp.");
            }
        }

        private static int IndexOf(string member, string shardId) =>
            ShardInfo.TryParse(shardId, out var index)
                ? index
                : throw ServiceErrors.InvalidArgument($"{member} {shardId} is not a shard id.");
    }
}
