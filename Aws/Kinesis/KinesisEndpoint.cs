using Amazon;

namespace DataProcessor.Aws.Kinesis;

/// <summary>Where calls go: the region's own endpoint or <see cref="KinesisClientOptions.Endpoint"/>.</summary>
internal static class KinesisEndpoint
{
    /// <exception cref="ArgumentException">The endpoint is no absolute http or https address without path and query.</exception>
    public static Uri For(KinesisClientOptions options)
    {
        if (options.Endpoint is not { } endpoint)
        {
            return new Uri($"https://kinesis.{options.Region}.{RegionEndpoint.GetBySystemName(options.Region).PartitionDnsSuffix}/");
        }

        if (!endpoint.IsAbsoluteUri
            || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps)
            || endpoint.PathAndQuery != "/")
        {
            throw new ArgumentException(
                $"The Kinesis endpoint '{endpoint}' has to look like http://host:port or https://host.", nameof(options));
        }

        return endpoint;
    }
}
