using DataProcessor.Grains.Leases;
using Xunit;

namespace DataProcessor.Unit.Leases;

public sealed class LeaseOwnerTests
{
    [Fact]
    public void Readers_of_all_our_silos_are_ours() =>
        Assert.True(LeaseOwner.IsOurs(LeaseOwner.Name("127.0.0.1:11111@154400702", Guid.NewGuid())));

    [Theory]
    [InlineData("5b1d2a9e-6f0c-4b5f-9d53-8a1c7d2e4f60")]
    [InlineData("ip-10-0-0-7.ec2.internal:5b1d2a9e-6f0c-4b5f-9d53-8a1c7d2e4f60")]
    [InlineData("5b1d2a9e6f0c4b5f9d538a1c7d2e4f60")]
    [InlineData("worker/1")]
    [InlineData("worker/5b1d2a9e6f0c4b5f9d538a1c7d2e4f6x")]
    [InlineData("")]
    public void KCLs_workers_and_others_are_not(string owner) => Assert.False(LeaseOwner.IsOurs(owner));
}
