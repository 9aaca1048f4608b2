using System.Globalization;

namespace DataProcessor.Grains.Aggregation;

/// <summary>Hash keys as KPL writes them: canonical decimal, no leading zeros.</summary>
internal static class AggregateWriterDecimal
{
    // 10^0 … 10^38; 2^128 has 39 digits.
    private static readonly UInt128[] Powers = [.. Enumerable.Range(0, 39).Select(Power)];

    public static int LengthOf(UInt128 value)
    {
        // 1233 / 4096 is log10(2): the digits of 2^n, one too few at times.
        var digits = (((int)UInt128.Log2(value | 1) + 1) * 1233) >> 12;
        return digits < Powers.Length && value >= Powers[digits] ? digits + 1 : Math.Max(digits, 1);
    }

    public static void Write(UInt128 value, Span<byte> target)
    {
        if (!value.TryFormat(target, out var written, default, CultureInfo.InvariantCulture) || written != target.Length)
        {
            throw new ArgumentException($"{value} does not have {target.Length} digits.", nameof(target));
        }
    }

    private static UInt128 Power(int exponent)
    {
        var power = UInt128.One;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
