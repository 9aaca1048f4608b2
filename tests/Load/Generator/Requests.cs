namespace DataProcessor.Load.Generator;

/// <summary>A request that is ready to be written to a connection.</summary>
/// <param name="Bytes">Head and body; valid until the next request is asked for.</param>
/// <param name="Records">User records inside.</param>
/// <param name="Checksum">Of these records.</param>
internal readonly record struct Request(ReadOnlyMemory<byte> Bytes, int Records, long Checksum);

/// <summary>Makes the requests of one connection, one at a time.</summary>
internal abstract class Requests
{
    /// <summary>User records of a request on an average.</summary>
    public abstract double RecordsPerRequest { get; }

    /// <param name="dueAt">Timestamp at which the request is to be sent; the payloads say it.</param>
    public abstract Request Next(long dueAt);
}
