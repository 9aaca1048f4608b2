using DataProcessor.Load.Conducting;
using DataProcessor.Load.Generator;
using DataProcessor.Load.Host;
using DataProcessor.Load.Peers;

// The harness starts itself again for each role, so that every part is a process with its own CPU time.
return args switch
{
    ["generator", var plan] => await GeneratorCommand.RunAsync(plan),
    ["host", var processor, .. var rest] => await HostCommand.RunAsync(processor, rest),
    ["peer", .. var rest] => await PeerCommand.RunAsync(rest),
    _ => await RunCommand.RunAsync(args),
};
