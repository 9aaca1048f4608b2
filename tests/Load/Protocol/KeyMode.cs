namespace DataProcessor.Load.Protocol;

/// <summary>Partition keys of a load.</summary>
internal enum KeyMode
{
    /// <summary>Records without a key.</summary>
    None,

    /// <summary>A hundred keys in turn; each is sent by one connection only, so that its order can be checked.</summary>
    Hundred,

    /// <summary>A key of its own for each record.</summary>
    Distinct,
}
