namespace DataProcessor.Gateway.Streaming;

/// <summary>What <see cref="BodyLines.NextAsync"/> found.</summary>
internal enum LineRead
{
    /// <summary>There are whole lines in <see cref="BodyLines.Lines"/>.</summary>
    Lines,

    /// <summary>A line was passed over; <see cref="BodyLines.Problem"/> says why.</summary>
    Skipped,

    /// <summary>The body is read to its end.</summary>
    End,

    /// <summary>No more of the body can be read; <see cref="BodyLines.Problem"/> says why.</summary>
    Broken,
}
