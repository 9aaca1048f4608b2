using System.Formats.Cbor;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Unit.Reading;

/// <summary>
/// A shard behind Kinesis' wire protocol, in memory. Sequence numbers are 95, 96, …, so that they grow in length;
/// iterators are <c>index@time of issue</c>.
/// </summary>
internal sealed class ScriptedShard(TimeProvider clock) : HttpMessageHandler
{
    private const int FirstNumber = 95;
    private static readonly TimeSpan IteratorLife = TimeSpan.FromMinutes(5);

    private readonly List<(string Key, byte[] Data, DateTimeOffset Arrival)> _records = [];

    /// <summary>Records before this index are no longer kept.</summary>
    public int Trimmed { get; set; }

    /// <summary>Whether a trimmed position is refused, or read as the oldest record.</summary>
    public bool RefusesTrimmed { get; set; } = true;

    public bool IsClosed { get; set; }

    /// <summary>ChildShards of the closed shard's last page.</summary>
    public ChildShard[]? Children { get; set; }

    /// <summary>Most records of a page.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Asked before each call with the operation's name; the error code to fail with, or null.</summary>
    public Func<string, string?> Fault { get; set; } = _ => null;

    /// <summary>When GetRecords was called.</summary>
    public List<DateTimeOffset> Reads { get; } = [];

    /// <summary>Highest index that was ever delivered, plus one.</summary>
    public int Delivered { get; private set; }

    public int Count => _records.Count;

    public static SequenceNumber NumberOf(int index) => new((FirstNumber + index).ToString(CultureInfo.InvariantCulture));

    public void Put(string data, string key = "key") => Put(Encoding.UTF8.GetBytes(data), key);

    public void Put(byte[] data, string key) => _records.Add((key, data, clock.GetUtcNow()));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var operation = request.Headers.GetValues("X-Amz-Target").Single().Split('.')[1];
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        if (operation == "GetRecords")
        {
            Reads.Add(clock.GetUtcNow());
        }

        return Fault(operation) is { } error ? Error(error) : operation switch
        {
            "GetShardIterator" => GetShardIterator(JsonDocument.Parse(body).RootElement),
            "GetRecords" => GetRecords(body),
            _ => throw new NotSupportedException(operation),
        };
    }

    private HttpResponseMessage GetShardIterator(JsonElement request)
    {
        var type = request.GetProperty("ShardIteratorType").GetString();
        var index = type switch
        {
            "TRIM_HORIZON" => Trimmed,
            "LATEST" => _records.Count,
            "AT_TIMESTAMP" => IndexAt(request.GetProperty("Timestamp").GetDouble()),
            _ => int.Parse(request.GetProperty("StartingSequenceNumber").GetString()!, CultureInfo.InvariantCulture)
                - FirstNumber + (type == "AFTER_SEQUENCE_NUMBER" ? 1 : 0),
        };
        return index < Trimmed && RefusesTrimmed
            ? Error("InvalidArgumentException")
            : Answer(new { ShardIterator = Iterator(Math.Max(index, Trimmed)) });
    }

    private HttpResponseMessage GetRecords(byte[] body)
    {
        var (iterator, limit) = ReadRequest(body);
        var parts = iterator.Split('@');
        if (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[1], CultureInfo.InvariantCulture)) > IteratorLife)
        {
            return Error("ExpiredIteratorException");
        }

        var first = int.Parse(parts[0], CultureInfo.InvariantCulture);
        var next = Math.Min(_records.Count, first + Math.Min(limit, PageSize));
        Delivered = Math.Max(Delivered, next);
        return Answer(new
        {
            Records = Enumerable.Range(first, next - first).Select(index => new
            {
                SequenceNumber = NumberOf(index).Value,
                PartitionKey = _records[index].Key,
                Data = Convert.ToBase64String(_records[index].Data),
                ApproximateArrivalTimestamp = _records[index].Arrival.ToUnixTimeMilliseconds() / 1000.0,
            }),
            NextShardIterator = IsClosed && next == _records.Count ? null : Iterator(next),
            ChildShards = IsClosed && next == _records.Count ? Children?.Select(child => new
            {
                child.ShardId,
                child.ParentShards,
                HashKeyRange = new { child.StartingHashKey, child.EndingHashKey },
            }) : null,
            MillisBehindLatest = next == _records.Count ? 0 : (long)(clock.GetUtcNow() - _records[next].Arrival).TotalMilliseconds + 1,
        });
    }

    private int IndexAt(double seconds)
    {
        var index = _records.FindIndex(record => record.Arrival >= DateTimeOffset.UnixEpoch.AddSeconds(seconds));
        return index < 0 ? _records.Count : index;
    }

    private string Iterator(int index) => $"{index}@{clock.GetUtcNow().ToUnixTimeMilliseconds()}";

    private static (string Iterator, int Limit) ReadRequest(byte[] body)
    {
        var (iterator, limit) = ("", 0);
        var reader = new CborReader(body);
        for (var left = reader.ReadStartMap(); left > 0; left--)
        {
            if (reader.ReadTextString() == "Limit")
            {
                limit = reader.ReadInt32();
            }
            else
            {
                iterator = reader.ReadTextString();
            }
        }

        return (iterator, limit);
    }

    private static HttpResponseMessage Answer(object answer) => new(HttpStatusCode.OK)
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(answer)),
    };

    private static HttpResponseMessage Error(string code) => new(
        code == "InternalFailure" ? HttpStatusCode.InternalServerError : HttpStatusCode.BadRequest)
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { __type = code, message = "scripted" })),
    };
}
