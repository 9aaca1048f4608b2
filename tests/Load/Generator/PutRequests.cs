using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Transport;
using DataProcessor.Grains.Aggregation;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Generator;

/// <summary>
/// PutRecords calls with what no producer can save: the aggregates written and their MD5, the CBOR, the SHA-256 that a
/// signature needs (the signature itself nobody checks). The user records are the same in each call.
/// </summary>
internal sealed class PutRequests : Requests, IDisposable
{
    private readonly PutShape _shape;
    private readonly string _host;
    private readonly AggregateWriter[] _slots;
    private readonly PutRecordsEntry[] _entries;
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];
    private byte[] _request = [];
    private RequestBody? _body;
    private ulong _calls;
    private int _turn;

    /// <param name="shape">What to put.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="host">For the Host header.</param>
    /// <param name="connection">Number of this connection: connections begin at different shards.</param>
    public PutRequests(PutShape shape, TargetStream stream, string host, int connection)
    {
        _shape = shape;
        _host = host;
        _entries = new PutRecordsEntry[shape.KinesisRecordsPerCall];

        // At least one a shard, so that all shards are written; and one for each record of a call, as they are written together.
        _slots = [.. Enumerable.Range(0, Math.Max(stream.Ranges.Length, shape.KinesisRecordsPerCall)).Select(i => Fill(stream, i))];
        _turn = connection * shape.KinesisRecordsPerCall;
        RecordsPerRequest = _slots.Average(slot => slot.Count) * shape.KinesisRecordsPerCall;
    }

    public override double RecordsPerRequest { get; }

    public override Request Next(long dueAt)
    {
        var records = 0;
        for (var i = 0; i < _entries.Length; i++)
        {
            var slot = _slots[_turn++ % _slots.Length];
            _entries[i] = slot.Finish(_calls);
            records += slot.Count;
        }

        _calls++;
        _body?.Dispose();
        _body = PutRecordsCodec.Encode(_shape.Stream, _entries);
        SHA256.HashData(_body.Bytes.Span, _digest);
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST / HTTP/1.1\r\nHost: {_host}\r\nX-Amz-Target: Kinesis_20131202.PutRecords\r\nContent-Type: application/x-amz-cbor-1.1\r\nAuthorization: AWS4-HMAC-SHA256 Signature={Convert.ToHexStringLower(_digest)}\r\nContent-Length: {_body.Length}\r\n\r\n"));
        if (_request.Length < head.Length + _body.Length)
        {
            _request = new byte[head.Length + _body.Length + 1024];
        }

        head.CopyTo(_request, 0);
        _body.Bytes.Span.CopyTo(_request.AsSpan(head.Length));
        return new(_request.AsMemory(0, head.Length + _body.Length), records, Checksum: 0);
    }

    public void Dispose()
    {
        _body?.Dispose();
        foreach (var slot in _slots)
        {
            slot.Dispose();
        }
    }

    /// <summary>An aggregate for one shard, as full as the shape allows.</summary>
    private AggregateWriter Fill(TargetStream stream, int slot)
    {
        var shard = slot % stream.Ranges.Length;
        var keys = stream.KeysOf(shard, _shape.Keys);
        var writer = new AggregateWriter(int.MaxValue, incarnation: stream.Incarnation) { KeylessHashKey = stream.Ranges[shard].Middle };
        var data = new byte[_shape.DataBytes];
        NumberedPayload.Fill(data);
        for (var i = 0; ; i++)
        {
            new NumberedPayload(NumberedPayload.Unordered, i, 0).WriteTo(data);
            var key = keys.Length == 0 ? Encoding.UTF8.GetBytes(RecordFrame.KeylessPartitionKey) : keys[i % keys.Length];
            var frame = new byte[RecordFrame.SizeOf(key.Length, data.Length)];
            RecordFrame.Write(frame, keys.Length == 0 ? default : HashKey.FromPartitionKey(key), hasExplicitHashKey: false, isKeyless: keys.Length == 0, key, data);
            if (writer.Add(frame, _shape.AggregateBytes) == 0 || _shape.AggregateBytes == 0)
            {
                return writer;
            }
        }
    }
}
