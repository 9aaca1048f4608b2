using DataProcessor.Grains.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DataProcessor.Unit.Storage;

public sealed class SqliteStoreTests : ConditionalStoreConformance, IDisposable
{
    private static readonly StoreTable Table = new("things", "id", "expiresAt");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("store-");
    private readonly SqliteStore _store;

    public SqliteStoreTests() => _store = SqliteStore.Open(FilePath, Time);

    private protected override IConditionalStore Store => _store;

    private string FilePath => Path.Combine(_folder.FullName, "new folder", "state.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_written_is_there_for_another_process_while_this_one_is_open()
    {
        await Put("k", new ItemUpdate().Set("n", 1));

        // A second connection sees what a process would see that starts after this one was killed.
        using var other = SqliteStore.Open(FilePath, Time);
        Assert.Equal(1, (await other.GetAsync(Table, "k", Token))!.Number("n"));
        var byOther = await other.UpdateIfAsync(
            Table, "k", new ItemUpdate().Set("n", 2), WriteCondition.Equal("n", AttributeValue.Number(1)), Token);
        Assert.True(byOther.Succeeded);
        Assert.Equal(2, (await Store.GetAsync(Table, "k", Token))!.Number("n"));
    }

    [Fact]
    public async Task Expired_items_leave_the_file_as_others_are_written()
    {
        for (var i = 0; i < 40; i++)
        {
            await Put($"old{i}", new ItemUpdate().Set("expiresAt", Time.GetUtcNow().ToUnixTimeSeconds() + 1));
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
        {
            await Put("new", new ItemUpdate().Set("n", i));
        }

        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM item";
        Assert.Equal(1L, command.ExecuteScalar());
    }

    [Fact]
    public void A_file_that_is_not_a_store_is_left_alone_and_named()
    {
        var text = Path.Combine(_folder.FullName, "notes.txt");
        var notes = new string('n', 5000);
        File.WriteAllText(text, notes);
        var foreign = Path.Combine(_folder.FullName, "foreign.db");
        using (var connection = new SqliteConnection($"Data Source={foreign};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (x)";
            command.ExecuteNonQuery();
        }

        var noDatabase = Assert.Throws<StoreException>(() => SqliteStore.Open(text, Time));
        var notOurs = Assert.Throws<StoreException>(() => SqliteStore.Open(foreign, Time));

        Assert.Contains(text, noDatabase.Message, StringComparison.Ordinal);
        Assert.Contains("another program", notOurs.Message, StringComparison.Ordinal);
        Assert.Equal(notes, File.ReadAllText(text));
    }

    [Fact]
    public async Task A_damaged_file_is_reported_not_read()
    {
        for (var i = 0; i < 200; i++)
        {
            await Put($"k{i}", new ItemUpdate().Set("text", new string('x', 500)));
        }

        _store.Dispose();
        using (var file = File.OpenWrite(FilePath))
        {
            file.Position = 4096;
            file.Write(new byte[40_000]);
        }

        var exception = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            using var damaged = SqliteStore.Open(FilePath, Time);
            await damaged.QueryAsync(Table, "", 1000, null, Token);
        });
        Assert.Contains(FilePath, exception.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task Put(string key, ItemUpdate update) =>
        await Store.UpdateIfAsync(Table, key, update, WriteCondition.None, Token);
}
