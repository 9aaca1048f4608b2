using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Storage;

/// <summary>What every store must do; a class per implementation runs it.</summary>
public abstract class ConditionalStoreConformance
{
    private static readonly StoreTable Table = new("things", "id", "expiresAt");
    private static readonly StoreTable OtherTable = new("others", "id");

    private protected FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_000_000));

    private protected abstract IConditionalStore Store { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_type_of_attribute_comes_back_as_it_was_written()
    {
        var update = new ItemUpdate()
            .Set("text", "grüße \"\u0001 😀")
            .Set("whole", long.MinValue)
            .Set("decimal", AttributeValue.Number("-00012345678901234567890.1234567890120"))
            .Set("bytes", AttributeValue.Binary([0, 255, 1]))
            .Set("set", AttributeValue.Set(["b", "a", "b"]));
        var written = await Store.UpdateIfAsync(Table, "k", update, WriteCondition.ItemAbsent, Token);

        var read = await Store.GetAsync(Table, "k", Token);

        Assert.True(written.Succeeded);
        Assert.Equal(update.Sets, read!.Attributes);
        Assert.Equal(update.Sets, written.Item!.Attributes);
        Assert.Equal("-12345678901234567890.123456789012", read.Attributes["decimal"].Text);
        Assert.Equal(["a", "b"], read.Set("set"));
        Assert.Equal([0, 255, 1], read.Attributes["bytes"].ToBytes());
        Assert.Null(await Store.GetAsync(OtherTable, "k", Token));
        Assert.Null(await Store.GetAsync(Table, "K", Token));
    }

    [Fact]
    public async Task An_update_keeps_the_attributes_that_it_does_not_name()
    {
        await Put("k", new ItemUpdate().Set("kept", "1").Set("changed", "2").Set("removed", "3"));

        var result = await Store.UpdateIfAsync(
            Table,
            "k",
            new ItemUpdate().Set("changed", "4").Set("new", 5).Remove("removed").Remove("never there"),
            WriteCondition.None,
            Token);

        var expected = new ItemUpdate().Set("kept", "1").Set("changed", "4").Set("new", 5).Sets;
        Assert.Equal(expected, result.Item!.Attributes);
        Assert.Equal(expected, (await Store.GetAsync(Table, "k", Token))!.Attributes);
    }

    [Fact]
    public async Task A_refused_write_changes_nothing_and_says_what_is_there()
    {
        await Put("k", new ItemUpdate().Set("n", 1).Set("s", "x"));
        var before = await Store.GetAsync(Table, "k", Token);
        WriteCondition[] refusing =
        [
            WriteCondition.ItemAbsent,
            WriteCondition.Absent("n"),
            WriteCondition.Equal("n", AttributeValue.Number(2)),
            WriteCondition.Equal("n", AttributeValue.String("1")),
            WriteCondition.Equal("missing", AttributeValue.Number(1)),
            WriteCondition.Equal("n", AttributeValue.Number(1)).And(WriteCondition.Absent("s")),
        ];
        foreach (var condition in refusing)
        {
            var update = await Store.UpdateIfAsync(Table, "k", new ItemUpdate().Set("n", 9), condition, Token);
            var delete = await Store.DeleteIfAsync(Table, "k", condition, Token);

            Assert.False(update.Succeeded || delete.Succeeded);
            Assert.Equal(before!.Attributes, update.Item!.Attributes);
            Assert.Equal(before.Attributes, delete.Item!.Attributes);
        }

        var onNothing = await Store.UpdateIfAsync(
            Table, "nothing", new ItemUpdate().Set("n", 9), WriteCondition.Equal("n", AttributeValue.Number(1)), Token);
        Assert.Equal(new(Succeeded: false, Item: null), onNothing);
        Assert.Equal(before!.Attributes, (await Store.GetAsync(Table, "k", Token))!.Attributes);
    }

    [Fact]
    public async Task A_condition_that_holds_lets_the_write_through()
    {
        await Put("k", new ItemUpdate().Set("n", 1));
        var condition = WriteCondition.Equal("n", AttributeValue.Number("01.0")).And(WriteCondition.Absent("s"));

        Assert.True((await Store.UpdateIfAsync(Table, "k", new ItemUpdate().Set("s", "x"), condition, Token)).Succeeded);
        Assert.True((await Store.DeleteIfAsync(Table, "k", WriteCondition.Equal("s", AttributeValue.String("x")), Token)).Succeeded);
        Assert.Null(await Store.GetAsync(Table, "k", Token));
        Assert.True((await Store.DeleteIfAsync(Table, "k", WriteCondition.None, Token)).Succeeded);
    }

    [Fact]
    public async Task Of_writers_that_read_the_same_state_one_wins()
    {
        await Put("k", new ItemUpdate().Set("n", 0));
        var wins = 0;
        await Parallel.ForAsync(0, 8, Token, async (writer, token) =>
        {
            for (var n = 0; n < 25; n++)
            {
                var result = await Store.UpdateIfAsync(
                    Table,
                    "k",
                    new ItemUpdate().Set("n", n + 1).Set("by", writer + 1),
                    WriteCondition.Equal("n", AttributeValue.Number(n)),
                    token);
                Interlocked.Add(ref wins, result.Succeeded ? 1 : 0);
            }
        });

        Assert.InRange(wins, 1, 25);
        Assert.Equal(wins, (await Store.GetAsync(Table, "k", Token))!.Number("n"));
    }

    [Fact]
    public async Task A_query_pages_through_exactly_the_keys_with_the_prefix()
    {
        string[] wanted = ["a:1", "a:10", "a:2", "a:%", "a:_", "a:é", "a:😀", "a:"];
        string[] others = ["a", "b:1", "A:1", "aa:1", "a;1"];
        foreach (var key in wanted.Concat(others))
        {
            await Put(key, new ItemUpdate().Set("key", key));
        }

        var found = new List<string>();
        string? continuation = null;
        do
        {
            var page = await Store.QueryAsync(Table, "a:", 3, continuation, Token);
            Assert.InRange(page.Items.Count, 0, 3);
            Assert.All(page.Items, item => Assert.Equal(item.Key, item.Text("key")));
            found.AddRange(page.Items.Select(item => item.Key));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(wanted.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Empty((await Store.QueryAsync(OtherTable, "", 3, null, Token)).Items);
    }

    [Fact]
    public async Task An_expired_item_is_gone_for_every_operation()
    {
        var expiry = Time.GetUtcNow().ToUnixTimeSeconds() + 60;
        foreach (var key in (string[])["read", "remade", "deleted"])
        {
            await Put(key, new ItemUpdate().Set("expiresAt", expiry).Set("old", "x"));
        }

        await Put("kept", new ItemUpdate().Set("expiresAt", expiry + 1));
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(await Store.GetAsync(Table, "read", Token));
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await Store.GetAsync(Table, "read", Token));
        Assert.Equal(["kept"], (await Store.QueryAsync(Table, "", 10, null, Token)).Items.Select(item => item.Key));
        var remade = await Store.UpdateIfAsync(Table, "remade", new ItemUpdate().Set("new", "y"), WriteCondition.ItemAbsent, Token);
        Assert.Equal(["new"], remade.Item!.Attributes.Keys);
        var deleted = await Store.DeleteIfAsync(Table, "deleted", WriteCondition.Equal("old", AttributeValue.String("x")), Token);
        Assert.Equal(new(Succeeded: false, Item: null), deleted);
    }

    [Fact]
    public async Task What_DynamoDB_would_refuse_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Put("", new ItemUpdate()));
        await Assert.ThrowsAsync<ArgumentException>(() => Put(new string('é', 1025), new ItemUpdate()));
        await Assert.ThrowsAsync<ArgumentException>(() => Put("k", new ItemUpdate().Set("id", "other")));
        await Assert.ThrowsAsync<ArgumentException>(() => Put("k", new ItemUpdate().Set("big", new string('x', 400 * 1024))));
        Assert.Throws<ArgumentException>(() => new ItemUpdate().Set("a", 1).Remove("a"));
        Assert.Throws<ArgumentException>(() => AttributeValue.String(""));
        Assert.Throws<ArgumentException>(() => AttributeValue.Set([]));
        Assert.All((string[])["", ".", "-", "1e3", "1,0", "+1", new string('9', 39)],
            text => Assert.Throws<ArgumentException>(() => AttributeValue.Number(text)));
        Assert.Null(await Store.GetAsync(Table, "k", Token));
    }

    private async Task Put(string key, ItemUpdate update) =>
        await Store.UpdateIfAsync(Table, key, update, WriteCondition.None, Token);
}
