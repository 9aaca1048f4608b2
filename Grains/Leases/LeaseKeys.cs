namespace DataProcessor.Grains.Leases;

/// <summary>The form of the keys in a lease table: KCL has two.</summary>
public enum LeaseKeys
{
    /// <summary>The form of the leases that the stream has in the table; <see cref="MultiStream"/> if it has none.</summary>
    Auto,

    /// <summary><c>account:stream:epoch:shard</c>: KCL's, for an application of several streams.</summary>
    MultiStream,

    /// <summary>The shard id alone: KCL's, for an application of one stream.</summary>
    SingleStream,
}
