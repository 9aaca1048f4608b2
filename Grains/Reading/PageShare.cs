namespace DataProcessor.Grains.Reading;

/// <summary>What one reader has taken of its silo's <see cref="PageRoom"/>: its one page.</summary>
internal sealed class PageShare(PageRoom room)
{
    private int _taken;

    /// <summary>Waits until there is room for a page of this size.</summary>
    /// <param name="bytes">Its size, or the most that it can be.</param>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        await room.TakeAsync(bytes, cancellationToken);
        _taken += bytes;
    }

    /// <summary>The page's true size is known.</summary>
    public void Correct(int bytes)
    {
        room.Return(_taken - bytes);
        _taken = bytes;
    }

    /// <summary>The page is handled, and nothing refers to it.</summary>
    public void Return() => Correct(0);
}
