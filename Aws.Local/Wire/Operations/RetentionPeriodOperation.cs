using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>
/// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html and its counterpart; both
/// take effect at once.
/// </summary>
internal static class RetentionPeriodOperation
{
    private const int LeastHours = 24;
    private const int MostHours = 8_760;

    public static ValueTask Increase(OperationContext context, WireValue request, WireWriter answer) =>
        Change(context.Catalog, request, (current, hours) => hours >= current, "shorter", "Decrease");

    public static ValueTask Decrease(OperationContext context, WireValue request, WireWriter answer) =>
        Change(context.Catalog, request, (current, hours) => hours <= current, "longer", "Increase");

    private static ValueTask Change(StreamCatalog catalog, WireValue request, Func<int, int, bool> isAllowed, string wrongWay, string other)
    {
        var (stream, hours) = Read(request, catalog);
        catalog.Update(stream, info =>
        {
            if (stream.Status(catalog.NowMs) is var status and not "ACTIVE")
            {
                throw ServiceErrors.NotActive(info.Name, catalog.AccountId, status);
            }

            return isAllowed(info.RetentionHours, hours)
                ? info with { RetentionHours = hours }
                : throw ServiceErrors.InvalidArgument(
                    $"Requested retention period ({hours} hours) for stream {info.Name} can not be {wrongWay} than existing retention period "
                    + $"({info.RetentionHours} hours). Use {other}RetentionPeriod API.");
        });
        return ValueTask.CompletedTask;
    }

    private static (KinesisStream Stream, int Hours) Read(WireValue request, StreamCatalog catalog)
    {
        var reference = new StreamReference();
        int? hours = null;
        foreach (var member in request.Members)
        {
            if (member.Is("RetentionPeriodHours"u8))
            {
                hours = member.Value.Int32;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        constraints.Require("retentionPeriodHours", hours is not null);
        constraints.ThrowIfAny();
        return hours is >= LeastHours and <= MostHours
            ? (catalog.Get(reference.Resolve(catalog)), hours.Value)
            : throw ServiceErrors.InvalidArgument(
                $"A retention period is {LeastHours} to {MostHours} hours. Requested retention period: {hours} hours.");
    }
}
