using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html.</summary>
internal static class RegisterStreamConsumerOperation
{
    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var reference = new StreamReference();
        string? name = null;
        foreach (var member in request.Members)
        {
            if (member.Is("ConsumerName"u8))
            {
                name = member.Value.Text;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        constraints.Require("streamARN", reference.Arn is not null);
        reference.Check(constraints, isRequired: false);
        constraints.Require("consumerName", name is not null);
        StreamReference.CheckName(constraints, "consumerName", name);
        constraints.ThrowIfAny();

        var catalog = context.Catalog;
        var stream = catalog.GetActive(reference.Resolve(catalog));
        var info = catalog.Update(
            stream, info => StreamConsumers.Register(info, name!, catalog.NowMs, catalog.Options.RegistrationLatency));
        answer.StartMap("Consumer");
        ConsumerShape.WriteMembers(answer, StreamConsumers.Find(info, name!)!, catalog.ArnOf(info.Name), ConsumerInfo.Creating);
        answer.EndMap();
        return ValueTask.CompletedTask;
    }
}
