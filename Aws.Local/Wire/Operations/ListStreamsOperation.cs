using System.Text;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html.</summary>
internal static class ListStreamsOperation
{
    private const byte TokenKind = 3;
    private const int DefaultPage = 100;
    private const int MaxPage = 10_000;

    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (startAfter, limit) = Read(request);
        var page = catalog.List()
            .Where(stream => string.CompareOrdinal(stream.Info.Name, startAfter) > 0)
            .Take(limit + 1)
            .ToList();
        var hasMore = page.Count > limit;
        page = page[..Math.Min(limit, page.Count)];

        answer.StartList("StreamNames");
        foreach (var stream in page)
        {
            answer.Text(null, stream.Info.Name);
        }

        answer.EndList();
        answer.StartList("StreamSummaries");
        foreach (var stream in page)
        {
            answer.StartMap();
            StreamShape.WriteIdentity(answer, stream, catalog);
            answer.EndMap();
        }

        answer.EndList();
        answer.Flag("HasMoreStreams", hasMore);
        if (hasMore)
        {
            answer.Text("NextToken", OpaqueToken.Seal(TokenKind, Encoding.ASCII.GetBytes(page[^1].Info.Name)));
        }

        return ValueTask.CompletedTask;
    }

    private static (string? StartAfter, int Limit) Read(WireValue request)
    {
        string? startAfter = null, nextToken = null;
        var limit = DefaultPage;
        foreach (var member in request.Members)
        {
            if (member.Is("ExclusiveStartStreamName"u8))
            {
                startAfter = member.Value.Text;
            }
            else if (member.Is("NextToken"u8))
            {
                nextToken = member.Value.Text;
            }
            else if (member.Is("Limit"u8))
            {
                limit = member.Value.Int32;
            }
        }

        var constraints = new Constraints();
        StreamReference.CheckName(constraints, "exclusiveStartStreamName", startAfter);
        constraints.Range("limit", limit, 1, MaxPage);
        constraints.ThrowIfAny();
        return (nextToken is null ? startAfter : NameIn(nextToken), limit);
    }

    private static string NameIn(string token)
    {
        Span<byte> name = stackalloc byte[OpaqueToken.MaxNameLength];
        return OpaqueToken.TryOpen(TokenKind, token, name, out var length)
            ? Encoding.ASCII.GetString(name[..length])
            : throw ServiceErrors.InvalidArgument("NextToken is invalid.");
    }
}
