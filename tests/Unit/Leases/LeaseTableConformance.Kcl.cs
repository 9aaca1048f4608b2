using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using Xunit;

namespace DataProcessor.Unit.Leases;

/// <summary>Tables that were KCL's, and what else can be found in one.</summary>
public abstract partial class LeaseTableConformance
{
    private const string KclWorker = "ip-10-0-0-7.ec2.internal:5b1d2a9e-6f0c-4b5f-9d53-8a1c7d2e4f60";

    /// <summary>Rows by KCL's serializer, and what they mean.</summary>
    public static TheoryData<string, string, string?> KclRows => new()
    {
        { "owned", "4961/0", KclWorker },
        { "unowned", "4961/3", null },
        { "finished", "SHARD_END", KclWorker },
        { "new", "TRIM_HORIZON", null },
        { "from latest", "LATEST", KclWorker },
        { "from a time", "AT_TIMESTAMP", null },
        { "with a prepared checkpoint", "4961/0", KclWorker },
        { "in a handoff", "4961/0", KclWorker },
        { "of an old version", "4961/0", null },
    };

    [Theory]
    [MemberData(nameof(KclRows))]
    public async Task A_row_as_KCL_writes_it_is_understood_taken_and_given_back_with_what_is_not_ours(
        string kind, string checkpoint, string? owner)
    {
        foreach (var keys in (LeaseKeys[])[LeaseKeys.SingleStream, LeaseKeys.MultiStream])
        {
            var table = $"kcl-{keys}";
            var key = keys == LeaseKeys.SingleStream ? Child.Id : Stream.LeaseKey(Child.Id);
            var row = KclRow(kind, keys);
            await Store.UpdateIfAsync(new(table, "leaseKey"), key, row, WriteCondition.ItemAbsent, Token);
            var leases = new LeaseTable(Store, table, LeaseKeys.Auto);

            var lease = await leases.GetOrCreateAsync(Stream, Child, Checkpoint.Latest, Token);
            Assert.Equal((key, checkpoint, owner, 41), (lease.Key, lease.Checkpoint.ToString(), lease.Owner, lease.Counter));
            var taken = (await leases.TakeAsync(lease, "us", Token)).Lease!;
            Assert.Equal(owner is null ? 2 : 3, taken.OwnerSwitches);
            taken = (await leases.CheckpointAsync(taken, Checkpoint.At(new(new("4970"), 2)), Token)).Lease!;
            var back = await leases.ReleaseAsync(taken, Token);

            var left = await Store.GetAsync(new(table, "leaseKey"), key, Token);
            var expected = new Dictionary<string, AttributeValue>(row.Sets)
            {
                ["leaseCounter"] = AttributeValue.Number(44),
                ["checkpoint"] = AttributeValue.String("4970"),
                ["checkpointSubSequenceNumber"] = AttributeValue.Number(2),
                ["ownerSwitchesSinceCheckpoint"] = AttributeValue.Number(0),
                ["streamName"] = AttributeValue.String("123456789012:orders:1700000000"),
            };
            string[] removed = ["leaseOwner", "checkpointOwner", "pendingCheckpoint", "pendingCheckpointSubSequenceNumber", "pendingCheckpointState"];
            Assert.True(back.Succeeded);
            Assert.Equal(expected.Where(pair => !removed.Contains(pair.Key)).OrderBy(pair => pair.Key), left!.Attributes.OrderBy(pair => pair.Key));
        }
    }

    [Fact]
    public async Task A_table_keeps_the_form_of_its_keys_and_a_new_one_has_the_multi_stream_form()
    {
        Assert.Equal(Stream.LeaseKey(Child.Id), (await MakeAsync("fresh")).Key);

        await PutAsync("single", "shardId-000000000009", KclRow("new", LeaseKeys.SingleStream));
        Assert.Equal(Child.Id, (await MakeAsync("single")).Key);

        await PutAsync("multi", (Stream with { Epoch = 5 }).LeaseKey("shardId-000000000009"), KclRow("new", LeaseKeys.MultiStream));
        await PutAsync("multi", "shardId-000000000009", KclRow("new", LeaseKeys.SingleStream));
        Assert.Equal(Stream.LeaseKey(Child.Id), (await MakeAsync("multi")).Key);

        await PutAsync("metrics", "worker-7", new ItemUpdate().Set("entityType", "WORKER_METRIC_STATS"));
        Assert.Equal(Stream.LeaseKey(Child.Id), (await MakeAsync("metrics")).Key);

        ValueTask<Lease> MakeAsync(string table) =>
            new LeaseTable(Store, table, LeaseKeys.Auto).GetOrCreateAsync(Stream, Child, Checkpoint.Latest, Token);
    }

    [Fact]
    public async Task With_single_stream_keys_a_lease_of_the_stream_before_it_was_made_anew_is_not_read_on()
    {
        var leases = new LeaseTable(Store, "app", LeaseKeys.SingleStream);
        var old = Stream with { Epoch = Stream.Epoch - 100 };
        var former = await leases.GetOrCreateAsync(old, Child with { Parents = [] }, Checkpoint.TrimHorizon, Token);
        former = (await leases.TakeAsync(former, "old", Token)).Lease!;
        await Store.UpdateIfAsync(Rows, Child.Id, new ItemUpdate().Set("throughputKBps", 7), WriteCondition.None, Token);

        Assert.Null(await leases.FindAsync(Stream, Child.Id, Token));
        var survey = await leases.SurveyAsync(Stream, Token);
        Assert.Equal((0, old), (survey.Leases.Count, Assert.Single(survey.Former).Stream));

        var current = await leases.CreateAsync(Stream, Child, Checkpoint.TrimHorizon, Token);
        Assert.Equal((Stream, former.Counter + 1, null), (current.Stream, current.Counter, current.Owner));
        Assert.Null((await Store.GetAsync(Rows, Child.Id, Token))!.Number("throughputKBps"));
        Assert.False((await leases.CheckpointAsync(former, Checkpoint.At(new(new("5"), 0)), Token)).Succeeded);
        await Assert.ThrowsAsync<StoreException>(async () => await leases.FindAsync(old, Child.Id, Token));
        Assert.Empty((await leases.SurveyAsync(old, Token)).Leases);
    }

    [Fact]
    public async Task Two_streams_cannot_share_a_table_of_single_stream_keys()
    {
        var leases = new LeaseTable(Store, "app", LeaseKeys.SingleStream);
        await leases.GetOrCreateAsync(Stream, Child, Checkpoint.Latest, Token);

        var refused = await Assert.ThrowsAsync<StoreException>(
            async () => await leases.SurveyAsync(Stream with { Name = "payments" }, Token));
        Assert.Contains("123456789012:orders:", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint", "a while ago")]
    [InlineData("startingHashKey", "-1")]
    public async Task A_damaged_row_is_named_and_does_not_hide_the_others(string attribute, string value)
    {
        await Create();
        await PutAsync("app", Stream.LeaseKey("shardId-000000000009"), KclRow("new", LeaseKeys.MultiStream));
        await PutAsync("app", Stream.LeaseKey("shardId-000000000009"), new ItemUpdate().Set(attribute, value));

        var survey = await Leases.SurveyAsync(Stream, Token);
        Assert.Equal((2, null), (survey.Leases.Count, survey.Leases["shardId-000000000009"]));
        var damaged = await Assert.ThrowsAsync<StoreException>(
            async () => await Leases.GetOrCreateAsync(Stream, Child with { Id = "shardId-000000000009" }, Checkpoint.Latest, Token));
        Assert.Contains("shardId-000000000009", damaged.Message, StringComparison.Ordinal);
        Assert.Contains(value, damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_was_deleted_comes_back_with_its_owners_next_write_as_it_would_be()
    {
        foreach (var write in (Func<Lease, ValueTask<LeaseWrite>>[])
        [
            mine => Leases.CheckpointAsync(mine, Checkpoint.At(new(new("5"), 0)), Token),
            mine => Leases.ReleaseAsync(mine, Token),
            mine => Leases.CompleteAsync(mine, [], Token),
        ])
        {
            var mine = (await Leases.TakeAsync(await Create(), "me", Token)).Lease!;
            var expected = Comparable((await write(mine)).Lease!);
            await Store.DeleteIfAsync(Rows, mine.Key, WriteCondition.None, Token);

            var restored = await write(mine);

            Assert.True(restored is { Succeeded: true, IsRestored: true });
            Assert.Equal(expected, Comparable(restored.Lease!));
            var row = await Row();
            Assert.Equal(("LEASE", "5", "9", Child.Id), (row.Text("entityType"), row.Text("startingHashKey"), row.Text("endingHashKey"), row.Text("shardId")));
            await Store.DeleteIfAsync(Rows, mine.Key, WriteCondition.None, Token);
        }

        static string Comparable(Lease lease) => $"{lease with { Parents = [], Children = [] }} {string.Join(',', lease.Parents)}";
    }

    [Fact]
    public async Task A_row_that_was_deleted_and_made_anew_by_another_stays_the_others()
    {
        var mine = (await Leases.TakeAsync(await Create(), "me", Token)).Lease!;
        await Store.DeleteIfAsync(Rows, mine.Key, WriteCondition.None, Token);
        await Leases.TakeAsync(await Create(), "other", Token);

        // Both rows came to the same counter.
        var refused = await Leases.CheckpointAsync(mine, Checkpoint.At(new(new("5"), 0)), Token);

        Assert.Equal((false, "other"), (refused.Succeeded, refused.Lease!.Owner));
    }

    private ValueTask<WriteResult> PutAsync(string table, string key, ItemUpdate row) =>
        Store.UpdateIfAsync(new(table, "leaseKey"), key, row, WriteCondition.None, Token);

    /// <summary>As toDynamoRecord and the updates of KCL's lease serializer leave it.</summary>
    private static ItemUpdate KclRow(string kind, LeaseKeys keys)
    {
        var row = new ItemUpdate().Set("leaseCounter", 41).Set("ownerSwitchesSinceCheckpoint", 2);
        row = kind switch
        {
            "unowned" => row.Set("checkpoint", "4961").Set("checkpointSubSequenceNumber", 3).Set("throughputKBps", AttributeValue.Number("12.75")),
            "finished" => row.Set("checkpoint", "SHARD_END").Set("checkpointSubSequenceNumber", 0).Set("leaseOwner", KclWorker)
                .Set("childShardIds", AttributeValue.Set(["shardId-000000000004", "shardId-000000000005"])),
            "new" => row.Set("checkpoint", "TRIM_HORIZON").Set("checkpointSubSequenceNumber", 0),
            "from latest" => row.Set("checkpoint", "LATEST").Set("checkpointSubSequenceNumber", 0).Set("leaseOwner", KclWorker),
            "from a time" => row.Set("checkpoint", "AT_TIMESTAMP").Set("checkpointSubSequenceNumber", 0),
            "with a prepared checkpoint" => row.Set("checkpoint", "4961").Set("checkpointSubSequenceNumber", 0).Set("leaseOwner", KclWorker)
                .Set("pendingCheckpoint", "4965").Set("pendingCheckpointSubSequenceNumber", 1).Set("pendingCheckpointState", AttributeValue.Binary([1, 2])),
            "in a handoff" => row.Set("checkpoint", "4961").Set("checkpointSubSequenceNumber", 0).Set("leaseOwner", KclWorker).Set("checkpointOwner", "worker-8"),
            "of an old version" => row.Set("checkpoint", "4961"),
            _ => row.Set("checkpoint", "4961").Set("checkpointSubSequenceNumber", 0).Set("leaseOwner", KclWorker),
        };
        if (kind == "of an old version")
        {
            return row; // Neither range nor type.
        }

        row.Set("parentShardId", AttributeValue.Set(Child.Parents)).Set("startingHashKey", "5").Set("endingHashKey", "9").Set("entityType", "LEASE");
        return keys == LeaseKeys.SingleStream
            ? row
            : row.Set("streamName", "123456789012:orders:1700000000").Set("shardId", Child.Id);
    }
}
