namespace DataProcessor.Grains.Storage;

/// <summary>The store cannot do what it was asked: it is unreachable, busy for too long, damaged, or not ours.</summary>
internal sealed class StoreException : Exception
{
    public StoreException()
    {
    }

    public StoreException(string message) : base(message)
    {
    }

    public StoreException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
