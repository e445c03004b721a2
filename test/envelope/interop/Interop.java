import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLObject;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.keyinfo.X509Data;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Another implementation's opinion: the JDK's XMLDSig.
 * verify CERTIFICATE FILE…                                   one line for each file: OK or BAD
 * sign KEY CERTIFICATE UNSIGNED PROPERTIES OUT METHOD DIGEST CANONICALISATION
 */
public final class Interop {
    private static final String XADES = "http://uri.etsi.org/01903/v1.3.2#";

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("verify")) {
            X509Certificate certificate = certificate(arguments[1]);
            for (int index = 2; index < arguments.length; index++) {
                System.out.println(verdict(arguments[index], certificate));
            }
        } else {
            sign(arguments);
        }
    }

    private static String verdict(String file, X509Certificate certificate) {
        try {
            Document document = parse(file);
            NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
            if (found.getLength() != 1) {
                return "BAD " + found.getLength() + " signatures";
            }
            DOMValidateContext context = new DOMValidateContext(certificate.getPublicKey(), found.item(0));
            context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
            markIds(document, context);
            XMLSignature signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
            return signature.validate(context) ? "OK" : "BAD";
        } catch (Exception problem) {
            return "BAD " + String.valueOf(problem.getMessage()).replace('\n', ' ');
        }
    }

    private static void sign(String[] arguments) throws Exception {
        Document document = parse(arguments[3]);
        Element properties = parse(arguments[4]).getDocumentElement();
        X509Certificate certificate = certificate(arguments[2]);
        XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
        String canonicalisation = arguments[8];
        DigestMethod digest = factory.newDigestMethod(arguments[7], null);
        Transform enveloped = factory.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null);
        Transform canonical = factory.newTransform(canonicalisation, (TransformParameterSpec) null);
        Reference whole = factory.newReference("", digest, List.of(enveloped, canonical), null, "Document");
        Reference signed = factory.newReference("#SignedProperties", digest, List.of(canonical),
            "http://uri.etsi.org/01903#SignedProperties", null);
        SignedInfo info = factory.newSignedInfo(
            factory.newCanonicalizationMethod(canonicalisation, (C14NMethodParameterSpec) null),
            factory.newSignatureMethod(arguments[6], null), List.of(whole, signed));
        KeyInfoFactory keys = factory.getKeyInfoFactory();
        X509Data data = keys.newX509Data(List.of(certificate));
        KeyInfo keyInfo = keys.newKeyInfo(List.of(keys.newKeyValue(certificate.getPublicKey()), data));
        Node imported = document.importNode(properties, true);
        XMLObject object = factory.newXMLObject(List.of(new DOMStructure(imported)), null, null, null);
        DOMSignContext context = new DOMSignContext(key(arguments[1], certificate), document.getDocumentElement());
        context.setDefaultNamespacePrefix("sig");
        Element signedProperties = (Element) ((Element) imported).getElementsByTagNameNS(XADES, "SignedProperties").item(0);
        context.setIdAttributeNS(signedProperties, null, "Id");
        factory.newXMLSignature(info, keyInfo, List.of(object), "Signature", null).sign(context);
        try (FileOutputStream out = new FileOutputStream(arguments[5])) {
            TransformerFactory.newInstance().newTransformer().transform(new DOMSource(document), new StreamResult(out));
        }
    }

    private static void markIds(Document document, DOMValidateContext context) {
        NodeList found = document.getElementsByTagNameNS(XADES, "SignedProperties");
        for (int index = 0; index < found.getLength(); index++) {
            context.setIdAttributeNS((Element) found.item(index), null, "Id");
        }
    }

    private static Document parse(String file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        var builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new File(file));
    }

    private static X509Certificate certificate(String file) throws Exception {
        try (FileInputStream in = new FileInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey key(String file, X509Certificate certificate) throws Exception {
        String pem = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
        return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm()).generatePrivate(encoded);
    }
}
