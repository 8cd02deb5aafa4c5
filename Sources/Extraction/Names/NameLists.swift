/// What tells names of the DNS from what only looks like them.
enum NameLists {
    /// What else a top-level domain's name is used for.
    struct Uses: OptionSet {
        let rawValue: UInt8
        /// Files end in it more often than names in a text do.
        static let file = Uses(rawValue: 1)
        /// Files end in it too; what those are called is known.
        static let sometimesFile = Uses(rawValue: 2)
        /// It is a word that begins a sentence.
        static let sentence = Uses(rawValue: 4)
        /// Fields and methods are named so.
        static let field = Uses(rawValue: 8)
    }

    /// The top-level domains, in lower case; the internationalized ones both in punycode and in Unicode.
    static let topLevelDomains: WordTable = {
        // RFC 2606 keeps "example" for documentation, which such texts are full of.
        var names: [String: Uses] = ["example": []]
        for name in TopLevelDomains.names.split(whereSeparator: \.isWhitespace).map(String.init) {
            var uses: Uses = []
            if fileDomains.contains(name) { uses.insert(.file) }
            if sometimesFileDomains.contains(name) { uses.insert(.sometimesFile) }
            if sentenceStarts.contains(name) { uses.insert(.sentence) }
            if fieldDomains.contains(name) { uses.insert(.field) }
            names[name] = uses
            if name.hasPrefix("xn--"), let decoded = Punycode.decoded(name.dropFirst(4)) { names[decoded] = uses }
        }
        return WordTable(names.mapValues(\.rawValue))
    }()

    /// Last labels of names that no public server knows.
    static let internalNames = table(
        "localhost local localdomain internal intranet private corp home lan onion invalid test i2p"
    )

    /// Endings of file names that are no top-level domains.
    static let fileExtensions = table(
        """
        7z a aac ade adp apk asar asc asp aspx avi bak bash bat bin blend bmp c cfg cgi chm class cmd conf config cpp crt
        cs css csv ctl cur dat db deb der diff dll dmg doc docm docx dot dotm dotx dylib elf eml env eot eps epub exe f
        fcgi flac flv gem gif go gpg gradle gz h hpp hta htm html ico img inf ini ipa ipynb iqy iso jar java jnlp jpeg jpg
        js jse json jsonl jsp jspx jsx key kt less lib list lnk lock log lua m4a m4v mdb mht mkv mp3 mp4 mpeg mpg
        msg msi msix msp node o odp ods odt ogg one ost otf out p12 p7b parquet pcap pcapng pdb pdf pem pfx php phtml
        pif pkg plist png ppsx ppt pptm pptx proto ps1 psd psm1 pst pwd pyc pyd rar rb reg rpm rtf scpt scr sct sed ser
        service sig slk so socket sql sqlite srt svg swf swift swp sys tar tbz tgz tif tiff tmp toml ts tsx ttf txt url vb
        vbe vbs vcf vhd vhdx vmdk vue war wasm wav webm webp wmf wmv woff woff2 wsc wsf wsh xhtml xla xll xls xlsb xlsm
        xlsx xml xps xsd xsl xz yaml yml z zsh zst
        """
    )

    private static let fileDomains = words("zip mov py sh md rs pm ps so")

    private static let sometimesFileDomains = words("pl cc in ac am ai app com net pub la lat bz ad st tf nu box")
    /// What files with an ending that is sometimes a file's are called.
    static let fileStems = table(
        """
        main lib mod index test tests setup install config configure makefile readme build script run util utils command
        id_rsa id_dsa id_ecdsa id_ed25519 asp vb ado libtool awstats printenv authorized_keys known_hosts
        """
    )

    private static let sentenceStarts = words("as at be by do he in is it me my no so to us we")

    private static let fieldDomains = words(
        """
        academy author call case center codes contact data date day delivery direct directory docs domains download email
        events exchange expert file final fit forum free group groups guide help host id info lat like limited link live
        locker map media menu name network new news next now off open page parts pay phone photos pid pin ping place play
        plus post press prime prod properties property protection read report rest review run safe save search security
        select services show site sites software space store style support systems tab target tech today tools top total
        training trust version video watch win windows work works zone
        """
    )
    /// What fields and methods are of.
    static let fieldOwners = table(
        """
        account agent app args array as asset attr browser button card client cloud cluster code config console container
        context ctx data dest destination device dns doc document dom e el elem element entity env error ev event evt
        feature field file form fs func geo group header hash host http image input instance item json kernel key label
        labels line link list log logger math message meta metadata method model module msg my network next node
        obj object observer option options orchestrator organization os owner package pandas params parent path payload
        pod policy process product props provider queue range record ref registry related relayctl req request res
        resource resp response result root row rule self server service session source span src state std str string super
        sys system table target task tenant test text this threat tls token trace transaction type url user util value
        var vm vulnerability window winlog worker x509
        """
    )

    /// First labels of names that are written the other way round: of packages and apps.
    static let packagePrefixes = table(
        "com org net io edu gov me de uk fr ru cn jp android androidx java javax dev app"
    )

    private static func table(_ text: String) -> WordTable {
        WordTable(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
