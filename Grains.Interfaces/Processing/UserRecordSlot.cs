namespace DataProcessor;

/// <summary>Where a user record lies; the views of a batch read it.</summary>
/// <param name="Parent">Index of the Kinesis record that holds it.</param>
internal readonly record struct UserRecordSlot(
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> PartitionKey,
    int Parent,
    int SubSequenceNumber);

/// <summary>What all user records of one Kinesis record share.</summary>
internal readonly record struct KinesisRecordHeader(SequenceNumber SequenceNumber, DateTimeOffset ArrivalTime);
