using DataProcessor.Cluster;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.KinesisApi;

/// <summary>A gateway that takes signed calls only; the classes that use it run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SignedGateway : IAsyncLifetime, ICollectionFixture<SignedGateway>
{
    public const string Name = "a gateway that takes signed calls only";

    private GatewayUnderTest? _gateway;

    /// <summary>May write to every stream.</summary>
    internal static AccessKeyPair Writer { get; } = new("DPAKWRITER", "a-secret/of+the.writer~of=40 characters!");

    /// <summary>May write to the stream that is processed, and to no other.</summary>
    internal static AccessKeyPair WriterOfOne { get; } = new("DPAKWRITEROFONE", new('s', 32));

    internal GatewayUnderTest Gateway => _gateway ?? throw new InvalidOperationException("The gateway is not started.");

    public async ValueTask InitializeAsync() => _gateway = await GatewayUnderTest.StartAsync(
        TestContext.Current.CancellationToken,
        $"--Gateway:Authentication:AccessKeys:0:Id={Writer.Id}",
        $"--Gateway:Authentication:AccessKeys:0:Secret={Writer.Secret}",
        $"--Gateway:Authentication:AccessKeys:1:Id={WriterOfOne.Id}",
        $"--Gateway:Authentication:AccessKeys:1:Secret={WriterOfOne.Secret}",
        $"--Gateway:Authentication:AccessKeys:1:Streams:0={RunningProcess.Stream}");

    public ValueTask DisposeAsync() => _gateway?.DisposeAsync() ?? ValueTask.CompletedTask;
}
