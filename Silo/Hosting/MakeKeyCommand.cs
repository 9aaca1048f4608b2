using DataProcessor.Gateway.Authentication;

namespace DataProcessor.Silo.Hosting;

/// <summary><c>make-key</c> in place of all options: prints new keys and where they go, and ends. Nothing keeps them.</summary>
internal static class MakeKeyCommand
{
    public const string Name = "make-key";

    public static async Task RunAsync(TextWriter output)
    {
        var apiKey = ApiKey.Create();
        var accessKey = AccessKeyOptions.Create();
        await output.WriteLineAsync(
            $"""
            An API key, for curl and the like:
              client   Authorization: Bearer {apiKey}
              gateway  Gateway__Authentication__ApiKeys__0__Hash={ApiKey.HashOf(apiKey)}
            An access key, for AWS SDKs and the aws command:
              client   AWS_ACCESS_KEY_ID={accessKey.Id}
                       AWS_SECRET_ACCESS_KEY={accessKey.Secret}
              gateway  Gateway__Authentication__AccessKeys__0__Id={accessKey.Id}
                       Gateway__Authentication__AccessKeys__0__Secret={accessKey.Secret}
            """);
    }
}
