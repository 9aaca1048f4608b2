namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>
/// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html; here the stream and its files are gone
/// when the call returns.
/// </summary>
internal static class DeleteStreamOperation
{
    public static async ValueTask HandleAsync(OperationContext context, WireValue request, WireWriter answer)
    {
        var reference = new StreamReference();
        var withConsumers = false;
        foreach (var member in request.Members)
        {
            if (member.Is("EnforceConsumerDeletion"u8))
            {
                withConsumers = member.Value.Flag;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        constraints.ThrowIfAny();
        await context.Catalog.DeleteAsync(reference.Resolve(context.Catalog), withConsumers);
    }
}
