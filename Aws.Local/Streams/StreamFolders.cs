using System.Globalization;
using System.Text.Json.Serialization;
using DataProcessor.Aws.Local.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>
/// The layout of the data folder: <c>lock</c>, <c>server.json</c>, and per stream <c>streams/NAME-CREATION/</c> with
/// <c>stream.json</c> and one folder of segments per shard.
/// </summary>
internal sealed partial class StreamFolders : IDisposable
{
    private const string StreamFile = "stream.json";
    private readonly FolderLock _lock;
    private readonly string _root;
    private readonly ILogger _logger;

    public StreamFolders(string path, ILogger logger)
    {
        _root = Path.GetFullPath(path);
        _logger = logger;
        _lock = FolderLock.Acquire(_root);
    }

    private string ServerFile => Path.Combine(_root, "server.json");

    /// <summary>Latest creation time that a stream ever got here; 0 in a new folder.</summary>
    public long LoadLastCreationMs() =>
        File.Exists(ServerFile) ? MetadataFile.Read(ServerFile, MetadataJson.Default.ServerInfo).LastCreationMs : 0;

    public void SaveLastCreationMs(long value) =>
        MetadataFile.Replace(ServerFile, new ServerInfo(value), MetadataJson.Default.ServerInfo);

    public string FolderOf(StreamInfo stream) =>
        Path.Combine(_root, "streams", stream.Name + "-" + stream.CreationMs.ToString(CultureInfo.InvariantCulture));

    public string FolderOf(StreamInfo stream, ShardInfo shard) => Path.Combine(FolderOf(stream), shard.Id);

    public IReadOnlyList<StreamInfo> LoadStreams()
    {
        var streams = new List<StreamInfo>();
        foreach (var folder in Directory.CreateDirectory(Path.Combine(_root, "streams")).GetDirectories())
        {
            var file = Path.Combine(folder.FullName, StreamFile);
            if (File.Exists(file))
            {
                var stream = MetadataFile.Read(file, MetadataJson.Default.StreamInfo);
                DeleteExpired(folder, stream);
                streams.Add(stream);
            }
            else
            {
                LogUnfinishedFolder(folder.FullName);
                folder.Delete(recursive: true);
            }
        }

        return streams;
    }

    public void Save(StreamInfo stream)
    {
        var folder = FolderOf(stream);
        Directory.CreateDirectory(folder);
        MetadataFile.Replace(Path.Combine(folder, StreamFile), stream, MetadataJson.Default.StreamInfo);
    }

    /// <summary>The metadata goes first: what is left if the process ends in between is cleared away at the next start.</summary>
    public void Delete(StreamInfo stream)
    {
        var folder = FolderOf(stream);
        File.Delete(Path.Combine(folder, StreamFile));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Deletes the folder of a shard that is not in the metadata any more.</summary>
    public void Delete(StreamInfo stream, ShardInfo shard)
    {
        var folder = new DirectoryInfo(FolderOf(stream, shard));
        if (folder.Exists)
        {
            folder.Delete(recursive: true);
        }
    }

    public void Dispose() => _lock.Dispose();

    // The process ended between taking an expired shard out of the metadata and deleting its folder.
    private static void DeleteExpired(DirectoryInfo folder, StreamInfo stream)
    {
        var known = stream.Shards.Select(shard => shard.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var shard in folder.GetDirectories().Where(shard => !known.Contains(shard.Name)))
        {
            shard.Delete(recursive: true);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removed {Folder}: the process ended while its stream was being created or deleted")]
    private partial void LogUnfinishedFolder(string folder);
}

/// <summary>Content of <c>server.json</c>.</summary>
internal sealed record ServerInfo(long LastCreationMs);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    IgnoreReadOnlyProperties = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StreamInfo))]
[JsonSerializable(typeof(ServerInfo))]
internal sealed partial class MetadataJson : JsonSerializerContext;
