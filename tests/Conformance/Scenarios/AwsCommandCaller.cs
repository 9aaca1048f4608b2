using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>The aws command, version 1 or 2.</summary>
/// <param name="keys">What it signs with; null where nobody verifies it.</param>
internal sealed partial class AwsCommandCaller(AccessKeyPair? keys = null) : KinesisCaller
{
    private readonly AccessKeyPair _keys = keys ?? AccessKeyPair.Any;

    private static readonly Lazy<bool> IsFirstVersion = new(() => Version().StartsWith("aws-cli/1", StringComparison.Ordinal));

    public override async Task<JsonNode> CallAsync(
        Uri endpoint, string operation, JsonObject input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("aws")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "kinesis", CapitalAfterSmall().Replace(operation, "-").ToLowerInvariant(),
            "--endpoint-url", endpoint.ToString(), "--region", "us-east-1", "--output", "json", "--no-paginate",
            "--cli-input-json", (IsFirstVersion.Value ? WithPlainData(input) : input).ToJsonString(),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        foreach ((var name, var value) in (ReadOnlySpan<(string, string)>)
        [
            ("AWS_ACCESS_KEY_ID", _keys.Id), ("AWS_SECRET_ACCESS_KEY", _keys.Secret), ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_MAX_ATTEMPTS", "1"), ("AWS_PAGER", ""), ("AWS_CONFIG_FILE", "/dev/null"),
        ])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0)
        {
            return new JsonObject { ["output"] = output.Length > 0 ? JsonNode.Parse(output) : new JsonObject() };
        }

        var error = ErrorCode().Match(await errors);
        Assert.True(error.Success, await errors);
        return new JsonObject { ["error"] = new JsonObject { ["code"] = error.Groups[1].Value } };
    }

    private static string Version()
    {
        using var process = Process.Start(new ProcessStartInfo("aws", ["--version"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }

    /// <summary>Version 1 takes Data as text, version 2 in base64.</summary>
    private static JsonNode WithPlainData(JsonNode input)
    {
        var plain = input.DeepClone();
        foreach (var record in (JsonNode?[])[plain, .. plain["Records"]?.AsArray() ?? []])
        {
            if (record?["Data"] is { } data)
            {
                record["Data"] = Encoding.UTF8.GetString(Convert.FromBase64String(data.GetValue<string>()));
            }
        }

        return plain;
    }

    [GeneratedRegex(@"(?<=[a-z])(?=[A-Z])")]
    private static partial Regex CapitalAfterSmall();

    [GeneratedRegex(@"An error occurred \((\w+)\)")]
    private static partial Regex ErrorCode();
}
