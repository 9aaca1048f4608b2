using System.ComponentModel.DataAnnotations;
using System.Net;
using DataProcessor.Aws.Local.Limits;
using DataProcessor.Aws.Local.Streams;
using DataProcessor.Aws.Local.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Aws.Local;

/// <summary>
/// A Kinesis Data Streams in this process: durable, throttled as the service is, and speaking its wire protocol (JSON and
/// CBOR, HTTP/1.1 and HTTP/2), so that any AWS SDK or CLI works with it by an endpoint override and any credentials.
/// </summary>
public sealed partial class LocalKinesisServer : IAsyncDisposable
{
    private readonly StreamCatalog _catalog;
    private readonly Dispatcher _dispatcher;
    private readonly StatusPage _status;
    private readonly ILogger _logger;
    private KestrelEndpoint? _endpoint;

    private LocalKinesisServer(LocalKinesisOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger<LocalKinesisServer>();
        _catalog = new StreamCatalog(options, time, loggers);
        var limits = options.EnforceLimits ? new CallLimits(options.LimitModel, time) : null;
        _dispatcher = new Dispatcher(_catalog, Counters, limits, time, loggers.CreateLogger<Dispatcher>());
        _dispatcher.Faults.Set(options.Faults);
        _status = new StatusPage(_catalog, Counters);
    }

    /// <summary>Where it listens, with the port it got; a placeholder for the in-process handler if it does not listen.</summary>
    public Uri Endpoint => _endpoint?.Address ?? new Uri("http://localhost/");

    /// <summary>What it has done since its start.</summary>
    public LocalKinesisCounters Counters { get; } = new();

    /// <summary>Recovers what is in the data folder, creates the missing streams, and listens.</summary>
    /// <param name="options">Read once.</param>
    /// <param name="time">Clock of arrival times, limits, expiry and injected delays.</param>
    /// <param name="loggers">Few lines: the start, recoveries, failures.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="OptionsValidationException">The options are wrong; it names all that is.</exception>
    /// <exception cref="IOException">The data folder is in use by another process, or the port is taken.</exception>
    /// <exception cref="InvalidDataException">A file in the data folder is damaged; it names file and place.</exception>
    public static async Task<LocalKinesisServer> StartAsync(
        LocalKinesisOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var validation = new LocalKinesisOptionsValidator().Validate(null, options);
        if (validation.Failed)
        {
            throw new OptionsValidationException(nameof(LocalKinesisOptions), typeof(LocalKinesisOptions), validation.Failures);
        }

        var server = new LocalKinesisServer(options, time, loggers);
        try
        {
            if (options.Port is { } port)
            {
                server._endpoint = new KestrelEndpoint(server._dispatcher, server._status);
                await server._endpoint.StartAsync(IPAddress.Parse(options.BindAddress), port, time, cancellationToken);
                server.LogListening(server.Endpoint, options.DataFolder is { } folder ? Path.GetFullPath(folder) : "memory");
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A handler for an HttpClient or HttpMessageInvoker that calls this server without a socket, on the caller's thread and
    /// synchronization context; any URI will do. Injected resets are HttpRequestExceptions. Events of a subscription are
    /// read from the answer's stream, so ask an HttpClient for HttpCompletionOption.ResponseHeadersRead.
    /// </summary>
    public HttpMessageHandler CreateHandler() => new InProcessHandler(_dispatcher, _status);

    /// <summary>Replaces the injected failures from the next call on; null ends them.</summary>
    /// <exception cref="ValidationException">A rate is not a probability.</exception>
    public void SetFaults(LocalKinesisFaults? faults)
    {
        if (faults is not null)
        {
            Validator.ValidateObject(faults, new ValidationContext(faults), validateAllProperties: true);
        }

        _dispatcher.Faults.Set(faults);
    }

    /// <summary>Stops listening and releases the data folder. Whatever was acknowledged is in it already.</summary>
    public async ValueTask DisposeAsync()
    {
        _catalog.EndSubscriptions();
        if (_endpoint is { } endpoint)
        {
            _endpoint = null;
            await endpoint.DisposeAsync();
        }

        await _dispatcher.DisposeAsync();
        _catalog.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Local Kinesis listens on {Endpoint}, records in {Folder}")]
    private partial void LogListening(Uri endpoint, string folder);
}
