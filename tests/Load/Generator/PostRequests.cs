using System.Globalization;
using System.Text;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Generator;

/// <summary>
/// Posts to a gateway. The bytes are made once; each request overwrites what differs, which has a fixed width: the
/// payloads and the keys.
/// </summary>
internal sealed class PostRequests : Requests
{
    private const int Hundred = 100;
    private const string Before = "{\"data\":\"";
    private const string BeforeKey = "\",\"partitionKey\":\"k";
    private const string AfterKey = "\"}\n";
    private const string AfterData = "\"}\n";
    private const int KeyDigits = 12;

    private readonly PostShape _shape;
    private readonly RecordNumbers _numbers;
    private readonly byte[] _request;
    private readonly int _bodyStart;
    private readonly int _recordLength;
    private readonly uint[] _ownKeys;
    private readonly long[] _nextOfKey;
    private int _turn;

    /// <param name="shape">What to post.</param>
    /// <param name="host">For the Host header.</param>
    /// <param name="numbers">Shared by all connections.</param>
    /// <param name="connection">Number of this connection: it owns the keys that are this modulo the connections.</param>
    /// <param name="connections">How many there are.</param>
    public PostRequests(PostShape shape, string host, RecordNumbers numbers, int connection, int connections)
    {
        _shape = shape;
        _numbers = numbers;
        _ownKeys = [.. Enumerable.Range(0, Hundred).Where(key => key % connections == connection).Select(key => (uint)key)];
        _nextOfKey = new long[Hundred];
        if (shape.Keys == KeyMode.Hundred && _ownKeys.Length == 0)
        {
            throw new ArgumentException($"{connections} connections cannot share {Hundred} keys: each needs one to itself.");
        }

        if (shape.DataBytes < NumberedPayload.MinSize)
        {
            throw new ArgumentException($"A record of {shape.DataBytes} bytes has no room for its number; {NumberedPayload.MinSize} are needed.");
        }

        var record = Encoding.ASCII.GetBytes(
            Before + new string('.', shape.DataBytes) + (shape.Keys == KeyMode.None ? AfterData : BeforeKey + new string('0', KeyDigits) + AfterKey));
        _recordLength = record.Length;
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {(shape.RecordsPerRequest == 1 ? "application/json" : "application/x-ndjson")}\r\nContent-Length: {_recordLength * shape.RecordsPerRequest}\r\n\r\n"));
        _bodyStart = head.Length;
        _request = [.. head, .. Enumerable.Repeat(record, shape.RecordsPerRequest).SelectMany(bytes => bytes)];
    }

    public override double RecordsPerRequest => _shape.RecordsPerRequest;

    public override Request Next(long dueAt)
    {
        var first = _shape.Keys == KeyMode.Hundred ? 0 : _numbers.Take(_shape.RecordsPerRequest);
        var checksum = 0L;
        for (var i = 0; i < _shape.RecordsPerRequest; i++)
        {
            var record = _request.AsSpan(_bodyStart + (i * _recordLength), _recordLength);
            var payload = NextPayload(first + i, dueAt);
            checksum += payload.Checksum;
            payload.WriteTo(record.Slice(Before.Length, _shape.DataBytes));
            if (_shape.Keys != KeyMode.None)
            {
                var key = _shape.Keys == KeyMode.Hundred ? payload.Key : payload.Number;
                key.TryFormat(record[(Before.Length + _shape.DataBytes + BeforeKey.Length)..], out _, "x12");
            }
        }

        return new(_request, _shape.RecordsPerRequest, checksum);
    }

    private NumberedPayload NextPayload(long number, long dueAt)
    {
        if (_shape.Keys != KeyMode.Hundred)
        {
            return new(NumberedPayload.Unordered, number, dueAt);
        }

        var key = _ownKeys[_turn++ % _ownKeys.Length];
        return new(key, _nextOfKey[key]++, dueAt);
    }
}
