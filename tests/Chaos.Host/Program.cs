using DataProcessor;
using DataProcessor.Chaos.Host;
using DataProcessor.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;

// The product's own host with a processor that leaves evidence. CHAOS_PLANT names a bug to plant, to test the checker,
// or another way to behave.
var plant = Environment.GetEnvironmentVariable("CHAOS_PLANT");
return await DataProcessorHost.RunAsync(args, services => _ = plant switch
{
    null or "" => services.AddRecordProcessor<EvidenceProcessor>(),
    ForgetfulProcessor.PlantName => services.AddRecordProcessor<ForgetfulProcessor>(),
    StandingProcessor.PlantName => services.AddRecordProcessor<StandingProcessor>(),
    _ => throw new ArgumentException($"CHAOS_PLANT={plant} is not known."),
});
