namespace DataProcessor;

/// <summary>Names the record of the batch at which a processor failed; those before it count as handled.</summary>
public sealed class RecordFailedException : Exception
{
    public RecordFailedException()
    {
    }

    public RecordFailedException(string message) : base(message)
    {
    }

    public RecordFailedException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <param name="index">Index of the failed record in the batch that was handed over.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public RecordFailedException(int index, string message, Exception? innerException = null)
        : base(message, innerException) => Index = index;

    public int Index { get; }
}
