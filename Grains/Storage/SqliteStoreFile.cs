using System.Globalization;
using Microsoft.Data.Sqlite;

namespace DataProcessor.Grains.Storage;

/// <summary>
/// Opens the store's file and makes its schema. WAL with <c>synchronous=NORMAL</c>: a commit is with the operating
/// system before the call returns, so a killed process loses nothing; loss of power may cost the last commits.
/// </summary>
internal static class SqliteStoreFile
{
    /// <summary>"DPST" in SQLite's header: tells our files from others'.</summary>
    private const long ApplicationId = 0x44505354;

    private const long SchemaVersion = 1;

    /// <summary>
    /// Longest wait, in s, for another process that writes the same file (a commit takes well under 1 ms); also the
    /// longest that a caller's thread is blocked.
    /// </summary>
    private const int BusyTimeoutSeconds = 2;

    private const string Schema = """
        CREATE TABLE item (
          table_name TEXT NOT NULL,
          key        TEXT NOT NULL,
          attributes TEXT NOT NULL,
          expires_at INTEGER,
          PRIMARY KEY (table_name, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX item_by_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;
        """;

    /// <exception cref="StoreException">The file cannot be opened, is damaged, or belongs to another program.</exception>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            DefaultTimeout = BusyTimeoutSeconds,
            Pooling = false,
        }.ToString());
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            connection.Open();
            var isNew = IsNew(connection, path);
            Execute(connection, $"PRAGMA busy_timeout={BusyTimeoutSeconds * 1000}");
            Execute(connection, "PRAGMA journal_mode=WAL");
            Execute(connection, "PRAGMA synchronous=NORMAL");
            if (isNew)
            {
                CreateSchema(connection, path);
            }

            return connection;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection.Dispose();
            throw new StoreException($"Cannot open the store {path}: {exception.Message}", exception);
        }
        catch (StoreException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CreateSchema(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction();
        if (IsNew(connection, path)) // Another process may have been first.
        {
            Execute(connection, Schema);
            Execute(connection, $"PRAGMA application_id={ApplicationId}");
            Execute(connection, $"PRAGMA user_version={SchemaVersion}");
        }

        transaction.Commit();
    }

    private static bool IsNew(SqliteConnection connection, string path)
    {
        var applicationId = Scalar(connection, "PRAGMA application_id");
        var version = Scalar(connection, "PRAGMA user_version");
        if (applicationId == ApplicationId)
        {
            return version == SchemaVersion
                ? false
                : throw new StoreException(
                    $"The store {path} has schema version {version}; this program knows version {SchemaVersion}.");
        }

        return applicationId == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0
            ? true
            : throw new StoreException($"{path} is an SQLite database of another program; it is left as it is.");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
