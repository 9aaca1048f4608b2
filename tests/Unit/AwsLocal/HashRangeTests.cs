using System.Text;
using CsCheck;
using DataProcessor.Aws.Local.Streams;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class HashRangeTests
{
    [Fact]
    public void The_ranges_cover_the_ring_without_gap_or_overlap_for_any_number_of_shards() =>
        Gen.Int[1, 10_000].Sample(
            count =>
            {
                var ranges = HashRange.Uniform(count);
                return ranges.Length == count
                    && ranges[0].Start == UInt128.Zero
                    && ranges[^1].End == UInt128.MaxValue
                    && ranges.Zip(ranges.Skip(1)).All(pair => pair.First.End + 1 == pair.Second.Start && pair.First.Start <= pair.First.End);
            },
            iter: 100);

    [Theory]
    [InlineData(1, "0", "340282366920938463463374607431768211455")]
    [InlineData(2, "170141183460469231731687303715884105728", "340282366920938463463374607431768211455")]
    [InlineData(3, "226854911280625642308916404954512140970", "340282366920938463463374607431768211455")]
    public void The_last_range_is_the_services(int count, string start, string end)
    {
        var last = HashRange.Uniform(count)[^1];

        Assert.Equal((UInt128.Parse(start), UInt128.Parse(end)), (last.Start, last.End));
    }

    [Theory]
    [InlineData("a", "16955237001963240173058271559858726497")]
    [InlineData("Größe", "279513128048292571749479187954002856389")]
    public void A_partition_key_is_hashed_as_its_utf8(string key, string hash) =>
        Assert.Equal(UInt128.Parse(hash), RecordRouting.HashOf(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("0", true)]
    [InlineData("340282366920938463463374607431768211455", true)]
    [InlineData("340282366920938463463374607431768211456", false)]
    [InlineData("00", false)]
    [InlineData("-1", false)]
    [InlineData("", false)]
    public void An_explicit_hash_key_is_canonical_decimal(string text, bool isGood) =>
        Assert.Equal(isGood, RecordRouting.TryParse(text, out _));
}
