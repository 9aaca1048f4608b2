using DataProcessor.Grains.Leases;
using Xunit;

namespace DataProcessor.Unit.Leases;

public sealed class CheckpointTests
{
    [Fact]
    public void Checkpoints_sort_as_in_KCL()
    {
        Checkpoint[] ascending =
        [
            Checkpoint.AtTimestamp, Checkpoint.TrimHorizon, Checkpoint.Latest,
            Number("9", 0), Number("9", 1), Number("10", 0), Checkpoint.ShardEnd,
        ];

        Assert.Equal(ascending, ascending.Reverse().Order());
        Assert.All(ascending, item => Assert.Equal(item, Checkpoint.Parse(item.Text, item.SubSequenceNumber)));
        Assert.All((string[])["", "trim_horizon", "-1", "12a"], text => Assert.Throws<FormatException>(() => Checkpoint.Parse(text, 0)));

        static Checkpoint Number(string number, long sub) => Checkpoint.At(new(new(number), sub));
    }
}
