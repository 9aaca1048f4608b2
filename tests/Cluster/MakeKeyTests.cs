using System.Text.RegularExpressions;
using DataProcessor.Gateway.Authentication;
using DataProcessor.Silo.Hosting;
using Xunit;

namespace DataProcessor.Cluster;

public sealed partial class MakeKeyTests
{
    [Fact]
    public async Task The_keys_that_are_printed_fit_the_settings_that_are_printed()
    {
        using var output = new StringWriter();
        await MakeKeyCommand.RunAsync(output);

        var printed = Setting().Matches(output.ToString()).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var apiKey = BearerKey().Match(output.ToString()).Groups[1].Value;
        Assert.Equal(ApiKey.HashOf(apiKey), printed["Gateway__Authentication__ApiKeys__0__Hash"]);
        Assert.Equal(printed["AWS_ACCESS_KEY_ID"], printed["Gateway__Authentication__AccessKeys__0__Id"]);
        Assert.Equal(printed["AWS_SECRET_ACCESS_KEY"], printed["Gateway__Authentication__AccessKeys__0__Secret"]);
        Assert.Equal(43, printed["AWS_SECRET_ACCESS_KEY"].Length);
    }

    [GeneratedRegex(@"(\w+)=(\w+)")]
    private static partial Regex Setting();

    [GeneratedRegex(@"Bearer (\S+)")]
    private static partial Regex BearerKey();
}
