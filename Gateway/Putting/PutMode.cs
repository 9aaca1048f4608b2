namespace DataProcessor.Gateway.Putting;

/// <summary>What full buffers mean for records that are to be put.</summary>
internal enum PutMode
{
    /// <summary>Nothing of the request is taken yet: it is refused as a whole while it can be.</summary>
    Whole,

    /// <summary>Earlier records of the request are taken: these wait, up to <see cref="GatewayOptions.BusyPatience"/>.</summary>
    Rest,

    /// <summary>
    /// The client hears no more of them: they are refused as a whole if a shard is full or in trouble, and otherwise wait.
    /// </summary>
    Accepted,
}
