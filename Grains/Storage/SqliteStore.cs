using System.Text;
using Microsoft.Data.Sqlite;

namespace DataProcessor.Grains.Storage;

/// <summary>
/// The store of local mode: one SQLite file, shared by the tables, also between processes. SQLite is synchronous, so
/// every call completes before it returns and occupies the caller's thread: 20 µs for a read and 100 µs for a write,
/// 20 ms now and then when the log is folded into the file, and at most 2 s while another process holds it. A lock,
/// not an asynchronous gate, keeps the one connection to one caller: a gate would be handed to a waiter that has to
/// be scheduled first.
/// </summary>
internal sealed class SqliteStore : IConditionalStore, IDisposable
{
    /// <summary>Expired items that a write removes on its way, so that they cannot pile up.</summary>
    private const int MaxPurgedPerWrite = 16;

    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly string _path;

    private SqliteStore(SqliteConnection connection, string path, TimeProvider time) =>
        (_connection, _path, _time) = (connection, path, time);

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="StoreException">The file cannot be opened, is damaged, or belongs to another program.</exception>
    public static SqliteStore Open(string path, TimeProvider time) => new(SqliteStoreFile.Open(path), path, time);

    public ValueTask<StoreItem?> GetAsync(StoreTable table, string key, CancellationToken cancellationToken)
    {
        ItemLimits.EnsureKey(key);
        return Run(() => Find(table, key), cancellationToken);
    }

    public ValueTask<WriteResult> UpdateIfAsync(
        StoreTable table, string key, ItemUpdate update, WriteCondition condition, CancellationToken cancellationToken)
    {
        ItemLimits.EnsureKey(key);
        ItemLimits.EnsureUpdate(table, update);
        return Run(() => Write(table, key, condition, item => Put(table, Changed(key, item, update))), cancellationToken);
    }

    public ValueTask<WriteResult> DeleteIfAsync(
        StoreTable table, string key, WriteCondition condition, CancellationToken cancellationToken)
    {
        ItemLimits.EnsureKey(key);
        return Run(() => Write(table, key, condition, _ => Delete(table, key)), cancellationToken);
    }

    public ValueTask<ItemPage> QueryAsync(
        StoreTable table, string keyPrefix, int limit, string? continuation, CancellationToken cancellationToken)
    {
        ItemLimits.EnsurePage(limit);
        return Run(() => Page(table, keyPrefix, limit, continuation ?? ""), cancellationToken);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _connection.Dispose();
        }
    }

    private ValueTask<T> Run<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        try
        {
            lock (_lock)
            {
                return ValueTask.FromResult(work());
            }
        }
        catch (SqliteException exception)
        {
            return ValueTask.FromException<T>(
                new StoreException($"The store {_path} failed: {exception.Message}", exception));
        }
        catch (StoreException exception)
        {
            return ValueTask.FromException<T>(exception);
        }
    }

    private WriteResult Write(StoreTable table, string key, WriteCondition condition, Func<StoreItem?, StoreItem?> write)
    {
        // BEGIN IMMEDIATE: nobody else writes between the read and the write.
        using var transaction = _connection.BeginTransaction();
        var item = Find(table, key);
        if (!condition.Holds(item))
        {
            return new(Succeeded: false, item);
        }

        var written = write(item);
        Purge();
        transaction.Commit();
        return new(Succeeded: true, written);
    }

    private static StoreItem Changed(string key, StoreItem? item, ItemUpdate update)
    {
        var attributes = item is null ? [] : new Dictionary<string, AttributeValue>(item.Attributes);
        foreach (var (name, value) in update.Sets)
        {
            attributes[name] = value;
        }

        foreach (var name in update.Removes)
        {
            attributes.Remove(name);
        }

        return new(key, attributes);
    }

    private StoreItem Put(StoreTable table, StoreItem item)
    {
        var json = AttributeJson.Write(item.Attributes).WrittenSpan;
        ItemLimits.EnsureSize(item.Key, json.Length + Encoding.UTF8.GetByteCount(item.Key));
        var expiry = table.ExpiryAttribute is { } attribute ? item.Number(attribute) : null;
        using var command = Command(
            """
            INSERT INTO item (table_name, key, attributes, expires_at) VALUES ($table, $key, $attributes, $expiry)
            ON CONFLICT DO UPDATE SET attributes = excluded.attributes, expires_at = excluded.expires_at
            """,
            ("$table", table.Name),
            ("$key", item.Key),
            ("$attributes", Encoding.UTF8.GetString(json)),
            ("$expiry", (object?)expiry ?? DBNull.Value));
        command.ExecuteNonQuery();
        return item;
    }

    private StoreItem? Delete(StoreTable table, string key)
    {
        using var command = Command(
            "DELETE FROM item WHERE table_name = $table AND key = $key", ("$table", table.Name), ("$key", key));
        command.ExecuteNonQuery();
        return null;
    }

    private void Purge()
    {
        using var command = Command(
            """
            DELETE FROM item WHERE (table_name, key) IN
              (SELECT table_name, key FROM item WHERE expires_at <= $now LIMIT $most)
            """,
            ("$now", Now),
            ("$most", MaxPurgedPerWrite));
        command.ExecuteNonQuery();
    }

    private StoreItem? Find(StoreTable table, string key)
    {
        using var command = Command(
            """
            SELECT key, attributes FROM item
            WHERE table_name = $table AND key = $key AND (expires_at IS NULL OR expires_at > $now)
            """,
            ("$table", table.Name),
            ("$key", key),
            ("$now", Now));
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadItem(reader) : null;
    }

    private ItemPage Page(StoreTable table, string keyPrefix, int limit, string after)
    {
        // Keys that share a prefix are neighbours: the first that does not have it ends the query.
        using var command = Command(
            """
            SELECT key, attributes FROM item
            WHERE table_name = $table AND key >= $prefix AND key > $after AND (expires_at IS NULL OR expires_at > $now)
            ORDER BY key LIMIT $limit
            """,
            ("$table", table.Name),
            ("$prefix", keyPrefix),
            ("$after", after),
            ("$now", Now),
            ("$limit", limit));
        using var reader = command.ExecuteReader();
        var items = new List<StoreItem>();
        while (reader.Read() && reader.GetString(0).StartsWith(keyPrefix, StringComparison.Ordinal))
        {
            items.Add(ReadItem(reader));
        }

        return new(items, items.Count == limit ? items[^1].Key : null);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    private static StoreItem ReadItem(SqliteDataReader reader)
    {
        var key = reader.GetString(0);
        return new(key, AttributeJson.Read(key, reader.GetString(1)));
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
