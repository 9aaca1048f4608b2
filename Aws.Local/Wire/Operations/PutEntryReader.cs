using System.Globalization;
using System.Text;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>PartitionKey, ExplicitHashKey and Data of a put, read and checked.</summary>
internal struct PutEntryReader
{
    private const int MaxKeyLength = 256;
    private ReadOnlyMemory<byte>? _key;
    private ReadOnlyMemory<byte>? _data;
    private string? _explicitHashKey;

    public readonly int Bytes => (_key?.Length ?? 0) + (_data?.Length ?? 0);

    /// <summary>Takes the member if it is one of the three.</summary>
    public bool TryTake(WireMember member)
    {
        if (member.Is("Data"u8))
        {
            _data = member.Value.Blob;
        }
        else if (member.Is("PartitionKey"u8))
        {
            _key = member.Value.Utf8;
        }
        else if (member.Is("ExplicitHashKey"u8))
        {
            _explicitHashKey = member.Value.Text;
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <param name="constraints">Collects what is wrong.</param>
    /// <param name="position">1, 2, … in a batch; 0 for PutRecord.</param>
    public readonly void Check(Constraints constraints, int position)
    {
        if (constraints.IsFull || IsGood())
        {
            return;
        }

        var prefix = position == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"records.{position}.member.");
        constraints.Require(prefix + "partitionKey", _key is not null);
        constraints.Require(prefix + "data", _data is not null);
        if (_key is { } key)
        {
            var text = Encoding.UTF8.GetString(key.Span);
            constraints.Length(prefix + "partitionKey", text, 1, MaxKeyLength);
        }

        constraints.Pattern(
            prefix + "explicitHashKey", _explicitHashKey, RecordRouting.IsHashKey(_explicitHashKey), RecordRouting.HashKeyPattern);
    }

    /// <summary>The entry, once <see cref="Check"/> found nothing; throws if it is too large for the stream.</summary>
    public readonly PutEntry ToEntry(StreamInfo stream, int position)
    {
        if (Bytes > stream.MaxRecordBytes)
        {
            var member = position == 0 ? "data" : string.Create(CultureInfo.InvariantCulture, $"records.{position}.member.data");
            throw ServiceErrors.Validation(
                $"1 validation error detected: Value of {_data!.Value.Length} bytes and a partition key of {_key!.Value.Length} bytes "
                + $"at '{member}' failed to satisfy constraint: Member must have length less than or equal to {stream.MaxRecordBytes}");
        }

        UInt128 hash;
        if (_explicitHashKey is null)
        {
            hash = RecordRouting.HashOf(_key!.Value.Span);
        }
        else if (!RecordRouting.TryParse(_explicitHashKey, out hash))
        {
            throw ServiceErrors.InvalidArgument(
                $"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {_explicitHashKey}");
        }

        return new PutEntry { Key = _key!.Value, Data = _data!.Value, Hash = hash };
    }

    // Characters are at most as many as bytes.
    private readonly bool IsGood() =>
        _key is { Length: > 0 and <= MaxKeyLength } && _data is not null && (_explicitHashKey is null || RecordRouting.IsHashKey(_explicitHashKey));
}
