using DataProcessor.Load.Peers;

if (args is not ["peer", .. var rest])
{
    Console.Error.WriteLine("Usage: Load peer <name> …");
    return 2;
}

return await PeerCommand.RunAsync(rest);
