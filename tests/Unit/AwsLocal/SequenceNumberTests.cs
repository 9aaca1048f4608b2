using CsCheck;
using Xunit;
using Number = DataProcessor.Aws.Local.Streams.SequenceNumber;

namespace DataProcessor.Unit.AwsLocal;

public sealed class SequenceNumberTests
{
    private const long LastMs = 9_999_999_999_999;

    private static readonly Gen<Number> Numbers = Gen.Select(
        Gen.Long[0, LastMs], Gen.Long[0, LastMs], Gen.Long[0, 999_999_999_999_999_999], Gen.Int[0, int.MaxValue],
        (creation, arrival, counter, shard) => new Number(creation, arrival, counter, shard));

    [Fact]
    public void A_number_has_56_digits_and_comes_back_from_its_text() => Numbers.Sample(number =>
    {
        var text = number.ToString();
        return text.Length == 56 && text.StartsWith("49", StringComparison.Ordinal)
            && Number.TryParse(text, out var parsed) && parsed == number;
    });

    [Fact]
    public void Text_order_is_the_order_of_arrival_then_counter() => Gen.Select(Numbers, Numbers).Sample((a, b) =>
    {
        b = b with { CreationMs = a.CreationMs };
        var expected = (a.ArrivalMs, a.Counter, a.ShardIndex).CompareTo((b.ArrivalMs, b.Counter, b.ShardIndex));
        return Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())) == Math.Sign(expected);
    });

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("49179538427573517953842861450000000000000000010000000x02")]
    [InlineData("59179538427573517953842861450000000000000000010000000002")]
    [InlineData("4917953842757351795384286145000000000000000001000000000")]
    [InlineData("49179538427573517953842861450000000000000000019999999999")]
    [InlineData("49590338271490256608559692538361571095921575989136588898")]
    public void Anything_that_was_not_made_here_is_refused_or_reads_as_another_streams(string text) =>
        Assert.False(Number.TryParse(text, out var number) && number.CreationMs is > 1_700_000_000_000 and < 1_800_000_000_000);
}
