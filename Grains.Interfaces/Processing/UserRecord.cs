using System.Text;

namespace DataProcessor;

/// <summary>A view of one user record of a <see cref="RecordBatch"/>; costs nothing until its parts are asked for.</summary>
public readonly struct UserRecord
{
    private readonly RecordBatch _batch;
    private readonly int _index;

    internal UserRecord(RecordBatch batch, int index)
    {
        _batch = batch;
        _index = index;
    }

    /// <summary>The record's bytes, as the producer gave them.</summary>
    public ReadOnlyMemory<byte> Data => _batch.Slot(_index).Data;

    /// <summary>The partition key's bytes; allocates nothing.</summary>
    public ReadOnlyMemory<byte> PartitionKeyUtf8 => _batch.Slot(_index).PartitionKey;

    /// <summary>The partition key as a string, made at each call.</summary>
    public string PartitionKey => Encoding.UTF8.GetString(PartitionKeyUtf8.Span);

    public SequenceNumber SequenceNumber => _batch.Parent(_index).SequenceNumber;

    /// <summary>Index of the record in its aggregate; 0 if it is not aggregated.</summary>
    public long SubSequenceNumber => _batch.Slot(_index).SubSequenceNumber;

    public StreamPosition Position => new(SequenceNumber, SubSequenceNumber);

    /// <summary>When Kinesis stored the Kinesis record that holds it.</summary>
    public DateTimeOffset ApproximateArrivalTime => _batch.Parent(_index).ArrivalTime;
}
