using System.Text;

namespace DataProcessor.Grains.Storage;

/// <summary>
/// DynamoDB's limits, held by every implementation, so that what works locally works there
/// (docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
/// </summary>
internal static class ItemLimits
{
    public const int MaxKeyBytes = 2048;
    public const int MaxItemBytes = 400 * 1024;
    public const int MaxPageItems = 1000;

    public static void EnsureKey(string key)
    {
        var size = Encoding.UTF8.GetByteCount(key);
        if (size is 0 or > MaxKeyBytes)
        {
            throw new ArgumentException($"A key has 1 to {MaxKeyBytes} bytes; this one has {size}.");
        }
    }

    public static void EnsureUpdate(StoreTable table, ItemUpdate update)
    {
        if (update.Sets.ContainsKey(table.KeyAttribute) || update.Removes.Contains(table.KeyAttribute))
        {
            throw new ArgumentException($"The key attribute {table.KeyAttribute} cannot be changed.");
        }
    }

    public static void EnsureSize(string key, int size)
    {
        if (size > MaxItemBytes)
        {
            throw new ArgumentException($"Item '{key}' would have {size} bytes; at most {MaxItemBytes} are allowed.");
        }
    }

    public static void EnsurePage(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPageItems);
    }
}
